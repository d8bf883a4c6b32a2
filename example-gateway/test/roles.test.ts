import { randomPrefix, redisAddress } from '../../test/support/redis/redis';
import { aGateway, JOHN } from './support/gateway';

const PUT = ['PUT /orders/1 HTTP/1.1', 'Content-Type: application/json'];

/** The status of a change with a token from before John's role was taken out of the file. */
const statusAfterwards = async (recheckRoles: boolean): Promise<number> => {
  const scopes = { read: {}, update: { roles: ['clerk'], recheckRoles } };
  const shared = { redis: redisAddress(), prefix: randomPrefix(), scopes };
  const before = await aGateway({ keys: shared });
  const token = await before.token('read update');
  expect((await before.send(PUT, { token, body: '{}' })).status).toBe(200);
  const after = await aGateway({ keys: { ...shared, users: [{ ...JOHN, organization: 'johnsorg' }] } });
  return (await after.send(PUT, { token, body: '{}' })).status;
};

describe('the removal of a role from the file', () => {
  it('takes effect immediately for a scope with `recheckRoles: true`', async () => {
    expect(await statusAfterwards(true)).toBe(403);
  });

  it('takes effect with the next token for other scopes', async () => {
    expect(await statusAfterwards(false)).toBe(200);
  });
});
