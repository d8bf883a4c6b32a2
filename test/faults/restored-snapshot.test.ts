import type { Redis } from 'ioredis';
import { aGate, APPLICATION, type Pair, type TestGate } from '../support/gate/gate';
import { aRedis } from '../support/redis/clients';
import { expectRecovery } from '../support/redis/redis-outage';
import { ownRedis, randomPrefix, type OwnRedis } from '../support/redis/redis';
import { passwordForm } from '../support/tokens/forms';
import { refresh, refreshed } from '../support/tokens/refreshing';

const ALICE: Pair = ['alice@johnsorg', 'alice-password'];

interface Harness {
  readonly own: OwnRedis;
  readonly admin: Redis;
  readonly tested: TestGate;
}

/** A gate with a user in Redis who has signed in. */
const open = async () => {
  const own = await ownRedis({ over: 'port' });
  const admin = await own.client();
  const tested = aGate({ redis: aRedis({}, own.url), prefix: randomPrefix() });
  await tested.gate.directory.users.create({ username: 'alice', organization: 'johnsorg', password: ALICE[1] });
  const tokens = await tested.signIn(ALICE);
  return { own, admin, tested, tokens };
};

/** Ends the server and starts it with its last snapshot, as after a crash or from a backup. */
const restore = async ({ own, tested }: Harness): Promise<void> => {
  await own.stop();
  await own.start();
  await expectRecovery(() => tested.get('/health/ready'));
};

// What docs/redis.md says about lost writes, which no gate can prevent.
describe('a snapshot that Redis is restored from', () => {
  it('revives what was revoked after it, until all tokens of the client are revoked again', async () => {
    const harness = await open();
    const { admin, tested, tokens } = harness;
    await admin.save();
    await tested.postTo('/revoke', { token: tokens.access_token }).expect(200);
    await tested.get('/me', tokens.access_token).expect(401);
    await restore(harness);
    await tested.get('/me', tokens.access_token).expect(200);
    await tested.gate.tokens.revoke({ clientId: APPLICATION[0] });
    await tested.get('/me', tokens.access_token).expect(401);
    await refresh(tested, tokens.refresh_token).expect(400);
  });

  it('has lost the tokens that were issued after it', async () => {
    const harness = await open();
    const { admin, tested } = harness;
    await admin.save();
    const lost = await tested.signIn(ALICE);
    await restore(harness);
    await tested.get('/me', lost.access_token).expect(401);
    await refresh(tested, lost.refresh_token).expect(400);
  });

  it('makes the successor of a refresh token a spent one, which ends the grant', async () => {
    const harness = await open();
    const { admin, tested, tokens } = harness;
    await admin.save();
    const successor = await refreshed(tested, tokens);
    await restore(harness);
    await refresh(tested, successor.refresh_token).expect(400);
    await tested.get('/me', tokens.access_token).expect(401);
    await refresh(tested, tokens.refresh_token).expect(400);
  });

  it('has the old password of a user again, and enables a user who was disabled after it', async () => {
    const harness = await open();
    const { admin, tested } = harness;
    const { users } = tested.gate.directory;
    await admin.save();
    await users.setPassword(ALICE[0], 'another-password-of-alice');
    await users.disable(ALICE[0]);
    await tested.token(passwordForm(ALICE)).expect(400);
    await restore(harness);
    await tested.token(passwordForm(ALICE)).expect(200);
  });
});
