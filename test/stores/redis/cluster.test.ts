import { Cluster } from 'ioredis';
import { Cluster as Cluster5 } from 'ioredis5';
import { aGate, JOHN } from '../../support/gate/gate';
import { randomPrefix } from '../../support/redis/redis';
import { ownCluster } from '../../support/redis/cluster';
import { fits } from '../../support/redis/connection';
import { refreshed } from '../../support/tokens/refreshing';
import { passwordForm } from '../../support/tokens/forms';

let port: number;
let clients: readonly (Cluster | Cluster5)[];
beforeAll(async () => {
  port = await ownCluster();
  clients = [new Cluster([{ host: '127.0.0.1', port }]), new Cluster5([{ host: '127.0.0.1', port }])];
  for (const client of clients) client.on('error', () => undefined);
});
afterAll(() => {
  for (const client of clients) client.disconnect();
});

/** The client of a major of ioredis. */
const clientOf = (major: 5 | 6) => {
  const client = clients[6 - major];
  if (client === undefined) throw new Error('no client');
  return fits(client);
};

it.each([5, 6] as const)('a gate serves all kinds of requests over a Cluster with ioredis %d', async (major) => {
  const tested = aGate({ redis: clientOf(major), prefix: randomPrefix(), deadline: 2_000 });
  const { users } = tested.gate.directory;
  await users.create({ username: 'alice', organization: 'johnsorg', password: 'alice-password', roles: ['clerk'] });
  const first = await tested.signIn(['alice@johnsorg', 'alice-password'], 'read update');
  const second = await refreshed(tested, first);
  await tested.put('/orders/1', second.access_token).expect(200);
  await tested.token(passwordForm([JOHN[0], 'wrong'])).expect(400);
  await users.disable('alice@johnsorg');
  await tested.get('/me', second.access_token).expect(401);
  await tested.get('/health/ready').expect(200);
});
