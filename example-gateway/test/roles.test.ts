import { randomPrefix, redisAddress } from '../../test/support/redis/redis';
import { aGateway, JOHN } from './support/gateway';

const PUT = ['PUT /orders/1 HTTP/1.1', 'Content-Type: application/json'];

/** Tokens of John from before his role was removed from the file, and a gateway that was started with the new file. */
const afterRemoval = async (recheckRoles: boolean) => {
  const scopes = { read: {}, update: { roles: ['clerk'], recheckRoles } };
  const shared = { redis: redisAddress(), prefix: randomPrefix(), scopes };
  const before = await aGateway({ keys: shared });
  const token = await before.token('read update');
  expect((await before.send(PUT, { token, body: '{}' })).status).toBe(200);
  return { token, after: await aGateway({ keys: { ...shared, users: [{ ...JOHN, organization: 'johnsorg' }] } }) };
};

describe('the removal of a role from the file', () => {
  it.each([true, false])(
    'ends access tokens from before at the start, with `recheckRoles: %s`',
    async (recheckRoles) => {
      const { token, after } = await afterRemoval(recheckRoles);
      expect((await after.send(PUT, { token, body: '{}' })).status).toBe(401);
      const next = await after.token('read update');
      expect((await after.send(PUT, { token: next, body: '{}' })).status).toBe(403);
    },
  );
});
