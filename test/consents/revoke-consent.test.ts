import { Consents } from '../../src/consents/consents';
import { revokeConsent } from '../../src/consents/revoke-consent';
import { StoreUnavailableError } from '../../src/protocol/errors';
import { MemoryConsentStore } from '../../src/stores/memory/consents';
import { MemoryTokenStore } from '../../src/stores/memory/tokens';
import { createTokenService } from '../../src/tokens/token-service';
import { ignoreEvents as emit } from '../support/gate/ignored-events';
import { PlannedFailure, type FailureMoment } from '../support/stores/planned-failure';
import { aClock } from '../support/time/clock';

const SUBJECT = 'ana@johnsorg';
const lifetimes = { accessTokenLifetime: 60, refreshTokenLifetime: 600, grantLifetime: 600, refreshGrace: 10 };

const stores: MemoryTokenStore[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

/** A consent with a token that was issued under it, and its revocation by a store that fails as the test plans. */
const aConsent = async () => {
  const { now: clock } = aClock();
  const store = new MemoryTokenStore({ clock, maxGrants: 10 });
  stores.push(store);
  const consents = new Consents(new MemoryConsentStore(), clock, 10);
  const tokens = createTokenService(store, { lifetimes, clock, emit });
  const question = { subject: SUBJECT, application: { id: 'key' }, resources: [] };
  const consent = await consents.decide(question, { asked: ['read'], granted: ['read'] });
  if (consent === 'limited') throw new Error('the user has too many consents');
  const { id } = consent;
  const issue = async (): Promise<string> => {
    const order = {
      occasion: 'authorization_code',
      clientId: 'key',
      subject: SUBJECT,
      consent: id,
      environment: 'production',
      scopes: ['read'],
      subscriptions: [],
      refreshToken: 'issue',
    } as const;
    const isConsentThere = async () => (await consents.findFreshById(SUBJECT, id)) !== undefined;
    return (await tokens.issue(order, isConsentThere)).accessToken;
  };
  const failure = new PlannedFailure();
  const revocable = {
    consents: { remove: (subject: string, of: string) => failure.ask(() => consents.remove(subject, of)) },
    tokens: {
      revokeAll: (...given: Parameters<typeof tokens.revokeAll>) => failure.ask(() => tokens.revokeAll(...given)),
    },
  };
  return {
    issue,
    failure,
    isLive: async (token: string) => (await tokens.find(token)) !== undefined,
    isListed: async () => (await consents.list(SUBJECT)).length > 0,
    revocable,
    revoke: () => revokeConsent(revocable, SUBJECT, id),
  };
};

const STEPS = [1, 2, 3].flatMap((step) => (['before', 'after'] as const).map((moment) => [step, moment] as const));

describe('revoking a consent', () => {
  it('removes it, and ends what was issued under it', async () => {
    const { issue, isLive, isListed, revoke } = await aConsent();
    const token = await issue();
    await revoke();
    expect([await isLive(token), await isListed()]).toEqual([false, false]);
  });

  it('ends what is issued while it runs', async () => {
    const { issue, isLive, revocable, revoke } = await aConsent();
    const issued: string[] = [];
    const { remove } = revocable.consents;
    revocable.consents.remove = async (...given) => {
      issued.push(await issue()); // the tokens have ended, and the consent is still there
      return remove(...given);
    };
    await revoke();
    expect(issued).toHaveLength(1);
    for (const token of issued) expect(await isLive(token)).toBe(false);
    await expect(issue()).rejects.toMatchObject({ code: 'temporarily_unavailable' });
  });

  it.each<[number, FailureMoment]>(STEPS.map(([step, moment]) => [step, moment]))(
    'rejects if step %i of 3 fails (%s it reaches the store), and leaves no live token without a listed consent',
    async (step, moment) => {
      const { issue, failure, isLive, isListed, revoke } = await aConsent();
      const token = await issue();
      failure.failAt(step, moment);
      await expect(revoke()).rejects.toBeInstanceOf(StoreUnavailableError);
      if (!(await isListed())) expect(await isLive(token)).toBe(false);
      await revoke();
      expect([await isLive(token), await isListed()]).toEqual([false, false]);
    },
  );

  it('keeps the consent listed if its tokens could not be ended', async () => {
    const { issue, failure, isLive, isListed, revoke } = await aConsent();
    const token = await issue();
    failure.failAt(1, 'before');
    await expect(revoke()).rejects.toBeInstanceOf(StoreUnavailableError);
    expect([await isLive(token), await isListed()]).toEqual([true, true]);
  });

  it('ends what was issued while it ran even if the removal fails', async () => {
    const { issue, failure, isLive, revocable, revoke } = await aConsent();
    const issued: string[] = [];
    const { remove } = revocable.consents;
    revocable.consents.remove = async (...given) => {
      issued.push(await issue());
      failure.failAt(1, 'after');
      return remove(...given);
    };
    await expect(revoke()).rejects.toBeInstanceOf(StoreUnavailableError);
    for (const token of issued) expect(await isLive(token)).toBe(false);
  });
});
