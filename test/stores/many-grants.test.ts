import type { Redis } from 'ioredis';
import { mintGrantId } from '../../src/protocol/secrets';
import { createKeys, type Keys } from '../../src/stores/redis/keys';
import { aGate, APPLICATION, JOHN, type Pair, type TestGate } from '../support/gate/gate';
import { ownRedis, randomPrefix } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { refresh } from '../support/tokens/refreshing';
import { until } from '../support/time/waiting';
import { grantIdOf } from '../support/tokens/tokens';

const MANY = 30_000;
/** More than one command could list within the default deadline. */
const TOO_MANY_TO_LIST = 600_000;

/** Fills an index with grants, as so many sign-ins would have. */
const fill = async (redis: Redis, index: string, count = MANY): Promise<void> => {
  const expiresAt = Date.now() + 80_000_000;
  for (let filled = 0; filled < count; filled += 5_000) {
    const members = Array.from({ length: 5_000 }, (_, place) => [expiresAt + filled + place, mintGrantId()]);
    await redis.zadd(index, ...members.flat());
  }
  await redis.pexpire(index, 80_000_000);
};

describe('S-225 the many grants of one owner', () => {
  let redis: Redis;
  let keys: Keys;
  let tested: TestGate;
  beforeAll(() => {
    redis = aRedis();
    const prefix = randomPrefix();
    keys = createKeys(prefix);
    tested = aGate({ redis, prefix, deadline: 1_000 });
  });

  it(`all end when the application is disabled, ${MANY} of them, while other requests are served`, async () => {
    const { applications } = tested.gate.directory;
    const { id } = await applications.create({ name: 'Busy app', owner: JOHN[0] });
    const { clientId, clientSecret } = await applications.generateKeys(id, { environment: 'production' });
    const busy: Pair = [clientId, clientSecret];
    const first = await tested.signIn(JOHN, 'read', busy);
    await fill(redis, keys.grantsOf({ clientId }));
    const last = await tested.signIn(JOHN, 'read', busy);
    const ofOthers = await tested.signIn();

    let isDone = false;
    const done = applications.disable(id).finally(() => {
      isDone = true;
    });
    const statuses = new Set<number>();
    do statuses.add((await tested.get('/me', ofOthers.access_token)).status);
    while (!isDone);
    await done;
    expect([...statuses]).toEqual([200]);
    for (const tokens of [first, last]) {
      await tested.get('/me', tokens.access_token).expect(401);
      await refresh(tested, tokens.refresh_token, undefined, busy).expect(401);
      await until(async () => (await redis.exists(keys.refresh(grantIdOf(tokens.access_token)))) === 0);
    }
  });

  it(`all end when the user is disabled, ${MANY} of them`, async () => {
    const { users } = tested.gate.directory;
    await users.create({ username: 'alice', organization: 'johnsorg', password: 'alice-password' });
    await fill(redis, keys.grantsOf({ subject: 'alice@johnsorg' }));
    const tokens = await tested.signIn(['alice@johnsorg', 'alice-password']);
    await users.disable('alice@johnsorg');
    await tested.get('/me', tokens.access_token).expect(401);
    await refresh(tested, tokens.refresh_token).expect(400);
  });

  it(`can be ended within the default deadline, ${TOO_MANY_TO_LIST} of them`, async () => {
    const own = await ownRedis();
    const client = aRedis({}, own.url);
    const prefix = randomPrefix();
    const busy = aGate({ redis: client, prefix, deadline: 250 });
    const clientId = APPLICATION[0];
    const tokens = await busy.signIn();
    await fill(client, createKeys(prefix).grantsOf({ clientId }), TOO_MANY_TO_LIST);
    await busy.gate.tokens.revoke({ clientId });
    await busy.get('/me', tokens.access_token).expect(401);
    await refresh(busy, tokens.refresh_token).expect(400);
    const later = await busy.signIn();
    await busy.get('/me', later.access_token).expect(200);
    await busy.close(); // ends the work in the background
  });
});
