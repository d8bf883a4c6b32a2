import fc from 'fast-check';
import type { GateEventType } from 'scopegate';
import { GuardedScopes } from '../../src/access/guarded-scopes';
import { ResourceIndicators } from '../../src/access/resource-indicators';
import { createScopePolicy } from '../../src/access/scope-policy';
import type { Client } from '../../src/directory/records';
import { authorizationCodeGrant } from '../../src/grants/authorization-code';
import { SharedMemory } from '../../src/stores/memory/shared-memory';
import type { CodeStore } from '../../src/tokens/code-store';
import { Codes } from '../../src/tokens/codes';
import type { IssuedTokens } from '../../src/tokens/issued-tokens';
import { createTokenService } from '../../src/tokens/token-service';
import type { TokenStore } from '../../src/tokens/token-store';
import { ignoreEvents } from '../support/gate/ignored-events';
import { REDIRECT_URI } from '../support/gate/public-application';
import { Consents } from '../../src/consents/consents';
import { aClock } from '../support/time/clock';
import {
  challengeFor,
  everyCodeStore,
  expectIssued,
  expectRefusedCode,
  openCodeGates,
  VERIFIER,
} from '../support/tokens/code-gates';
import { refreshForm } from '../support/tokens/forms';
import { collect } from '../support/stores/collect';
import { assertProperty, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

const TIMES = 50;
/** One more ends a code. */
const MAX_WRONG = 9;
const WRONG = 'w'.repeat(43);

describe.each(everyCodeStore)('concurrent exchanges of one code over two gates on %s', (_name, freshStore) => {
  const open = async () => {
    const opened = await openCodeGates(await freshStore(), { throttle: false }, 2);
    const { gates, redeem } = opened;
    const events: GateEventType[] = [];
    for (const { gate } of gates)
      for (const type of ['issue', 'reuse'] as const) gate.on(type, () => events.push(type));
    /** Sends all exchanges concurrently, and returns the tokens of the only one that succeeds. */
    const exchangeAll = async (code: string, verifiers: readonly string[]) => {
      const requests = verifiers.map((verifier, index) =>
        redeem(code, { code_verifier: verifier }, { at: gates[index % 2] }),
      );
      const answers = await Promise.all(requests);
      const [winner, ...more] = answers.filter(({ status }) => status === 200);
      for (const answer of answers) if (answer.status !== 200) expectRefusedCode(answer);
      if (winner === undefined || more.length > 0) throw new Error(`${more.length + 1} exchanges succeeded`);
      return expectIssued(winner);
    };
    return { ...opened, events, exchangeAll };
  };

  it('S-145 have one winner, whose tokens have ended when the last response arrives', async () => {
    const { gates, issueCode, exchangeAll, events, keys } = await open();
    const tokens = await exchangeAll(await issueCode(), Array<string>(TIMES).fill(VERIFIER));
    for (const gate of gates) {
      await gate.get('/orders', tokens.access_token).expect(401);
      await gate.token(refreshForm(tokens.refresh_token), keys).expect(400);
    }
    expect(events.filter((type) => type === 'issue')).toHaveLength(1);
    expect(events.filter((type) => type === 'reuse')).toHaveLength(TIMES - 1);
  });

  it('S-152 leave the tokens of the only one with the right verifier alone', async () => {
    const { gates, issueCode, exchangeAll, events } = await open();
    const wrong = Array<string>(MAX_WRONG).fill(WRONG);
    const tokens = await exchangeAll(await issueCode(), [...wrong, VERIFIER]);
    for (const gate of gates) await gate.get('/orders', tokens.access_token).expect(200);
    expect(events).toEqual(['issue']);
  });
});

/** The client of the exchanges in one process. */
const client: Client = {
  clientId: 'key',
  environment: 'production',
  secrets: [],
  application: {
    ...{ id: 'key', name: 'App', subscriptions: [], introspect: false, enabled: true, keys: {} },
    redirectUris: [REDIRECT_URI],
  },
};

/** Stores whose replies arrive in the order that a scheduler chooses; each command is executed when it is sent. */
const delayedBy = <S extends object>(scheduler: fc.Scheduler, store: S): S =>
  new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: readonly unknown[]): unknown => {
        const reply: unknown = Reflect.apply(member, target, given);
        return reply instanceof Promise ? scheduler.schedule(reply, String(name)) : reply;
      };
    },
  });

const openExchange = (scheduler: fc.Scheduler) => {
  const clock = aClock().now;
  const memory = new SharedMemory();
  const contents = memory.open(clock);
  const lifetimes = { accessTokenLifetime: 60, refreshTokenLifetime: 600, grantLifetime: 6_000, refreshGrace: 10 };
  const services = (tokenStore: TokenStore, codeStore: CodeStore) => {
    const tokens = createTokenService(tokenStore, { lifetimes, clock, emit: ignoreEvents });
    return { tokens, codes: new Codes({ store: codeStore, clock, emit: ignoreEvents, revocation: tokens }) };
  };
  const direct = services(contents.tokens, contents.codes);
  const delayed = services(delayedBy(scheduler, contents.tokens), delayedBy(scheduler, contents.codes));
  const guarded = new GuardedScopes([]);
  const names = new Set(['read']);
  const rules = {
    names,
    allows: () => true,
    rolesOf: () => [],
    describe: () => undefined,
    rechecked: new Set<string>(),
  };
  const owner = { subject: 'john', roles: [], isUserUnchanged: async () => true };
  const grant = authorizationCodeGrant({
    ...delayed,
    indicators: new ResourceIndicators('https://api.example.com', [], guarded),
    policy: createScopePolicy(rules, guarded, 'drop'),
    directory: { isClientUnchanged: async () => true, findFreshEnabledClient: async () => client },
    owners: {
      authenticate: async () => owner,
      spendEqualTime: async () => undefined,
      findFreshRoles: async () => [],
      findFresh: () => scheduler.schedule(Promise.resolve(owner), 'findFresh'),
    },
    consents: new Consents(delayedBy(scheduler, contents.consents), clock, 10),
    maxAccessTokenLifetime: 60,
  });
  const exchange = (code: string, verifier: string): Promise<IssuedTokens | undefined> => {
    const parameters = new Map([
      ['code', code],
      ['redirect_uri', REDIRECT_URI],
      ['code_verifier', verifier],
    ]);
    return grant({ client, parameters, address: '192.0.2.1' }).catch(() => undefined);
  };
  const consents = new Consents(contents.consents, clock, 10);
  const issueCode = (consent?: string) =>
    direct.codes.issue({
      consent,
      ...{ clientId: 'key', subject: 'john', environment: 'production', redirectUri: REDIRECT_URI },
      ...{ challenge: challengeFor(VERIFIER), scopes: ['read'], resources: [], roles: [] },
    });
  return { ...direct, consents, exchange, issueCode, close: () => memory.close() };
};

const QUESTION = { subject: 'john', application: { id: 'key' }, resources: [] };

/** Steps that end the tokens of a code, each sent when the scheduler chooses. */
const ENDINGS = {
  'the user': [({ tokens }) => tokens.revokeAll({ subject: 'john' }, 'management')],
  'the client': [({ tokens }) => tokens.revokeAll({ clientId: 'key' }, 'management')],
  'the consent': [
    ({ consents }, id) => consents.remove('john', id),
    ({ tokens }, id) => tokens.revokeAll({ consent: id }, 'consent'),
  ],
} satisfies Readonly<
  Record<string, readonly ((opened: ReturnType<typeof openExchange>, consent: string) => Promise<unknown>)[]>
>;

describe('exchanges of one code whose steps interleave in any order', () => {
  it('S-145 S-152 have one winner, whose tokens live exactly if no other request was right', async () => {
    let reused = 0;
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
      async (scheduler, rights) => {
        const { tokens, exchange, issueCode, close } = openExchange(scheduler);
        const code = await issueCode();
        const exchanges = rights.map((isRight) => exchange(code, isRight ? VERIFIER : WRONG));
        const issued = (await scheduler.waitFor(Promise.all(exchanges))).filter((each) => each !== undefined);
        const right = rights.filter((isRight) => isRight).length;
        expect(issued).toHaveLength(Math.min(right, 1));
        const [winner] = issued;
        if (winner === undefined) return close();
        const isLive = right === 1;
        if (!isLive) reused += 1;
        expect((await tokens.findFresh(winner.accessToken)) !== undefined).toBe(isLive);
        expect((await tokens.findFreshRefreshToken(winner.refreshToken ?? '')) !== undefined).toBe(isLive);
        close();
      },
    );
    await assertProperty(property, { numRuns: 200 });
    expect(reused).toBeGreaterThan(30);
  });
});

describe('an exchange that interleaves in any order with the end of', () => {
  it.each(Object.entries(ENDINGS))('%s leaves no live token', async (_name, steps) => {
    let issuedBefore = 0;
    const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const opened = openExchange(scheduler);
      const consent = await opened.consents.decide(QUESTION, { asked: ['read'], granted: ['read'] });
      if (consent === 'limited') throw new Error('there are too many consents');
      const exchange = opened.exchange(await opened.issueCode(consent.id), VERIFIER);
      const end = async (): Promise<void> => {
        for (const step of steps) {
          await scheduler.schedule(Promise.resolve(), 'end');
          await step(opened, consent.id);
        }
      };
      const [issued] = await scheduler.waitFor(Promise.all([exchange, end()]));
      if (issued !== undefined) {
        issuedBefore += 1;
        expect(await opened.tokens.findFresh(issued.accessToken)).toBeUndefined();
        expect(await opened.tokens.findFreshRefreshToken(issued.refreshToken ?? '')).toBeUndefined();
      }
      expect(await collect(opened.tokens.list({ subject: 'john' }))).toEqual([]);
      opened.close();
    });
    await assertProperty(property, { numRuns: 200 });
    expect(issuedBefore).toBeGreaterThan(0);
  });

  it('a part of the consent has no scope that the user no longer allows', async () => {
    const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const opened = openExchange(scheduler);
      const asked = ['read'];
      const consent = await opened.consents.decide(QUESTION, { asked, granted: asked });
      if (consent === 'limited') throw new Error('there are too many consents');
      const exchange = opened.exchange(await opened.issueCode(consent.id), VERIFIER);
      const narrow = async (): Promise<void> => {
        await scheduler.schedule(Promise.resolve(), 'narrow');
        await opened.consents.decide(QUESTION, { asked, granted: [] });
        await scheduler.schedule(Promise.resolve(), 'end');
        await opened.tokens.revokeAccess({ consent: consent.id }, 'consent');
      };
      const [issued] = await scheduler.waitFor(Promise.all([exchange, narrow()]));
      const record = issued && (await opened.tokens.findFresh(issued.accessToken));
      expect(record?.scopes ?? []).toEqual([]);
      opened.close();
    });
    await assertProperty(property, { numRuns: 200 });
  });
});
