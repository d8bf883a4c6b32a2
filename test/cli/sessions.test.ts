import { BUILD_DEADLINE_MS, buildCommand, runCommand, runJson } from '../support/cli/command';
import { aCommandedGate } from '../support/cli/commanded-gate';
import { ANA, BEN, servePortal } from '../support/portal/served-portal';
import { signedIn, type PortalVisitor } from '../support/portal/visitor';
import { redisAddress } from '../support/redis/redis';
import { onRedis } from '../support/stores/every-store';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

const isSignedIn = async (visitor: PortalVisitor): Promise<boolean> => (await visitor.get('/apis')).status === 200;

describe('scopegate sessions end', () => {
  it('ends all sessions of a user at the portal of a running gate, and none of others', async () => {
    const shared = await onRedis();
    const portal = await servePortal(shared);
    await portal.gate.ready();
    const [anas, ben] = [[await signedIn(portal, ANA), await signedIn(portal, ANA)], await signedIn(portal, BEN)];
    const args = ['sessions', 'end', '--user', ANA.username, '--redis', redisAddress(), '--prefix', shared.prefix];
    expect(await runJson(args)).toEqual({ ended: { user: ANA.username } });
    for (const ana of anas) expect(await isSignedIn(ana)).toBe(false);
    expect(await isSignedIn(ben)).toBe(true);
  });

  it('exits with 1 for a user who does not exist, and with 2 without a user', async () => {
    const { store } = await aCommandedGate();
    expect((await runCommand(['sessions', 'end', '--user', 'unknown', ...store])).code).toBe(1);
    expect((await runCommand(['sessions', 'end', ...store])).code).toBe(2);
  });
});
