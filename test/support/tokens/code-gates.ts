import { createHash } from 'node:crypto';
import { Consents } from '../../../src/consents/consents';
import { noDurations } from '../../../src/events/durations';
import { openMemoryBackend } from '../../../src/stores/memory/backend';
import { SharedMemory } from '../../../src/stores/memory/shared-memory';
import { openRedisBackend } from '../../../src/stores/redis/backend';
import { Codes, type CodeRequest } from '../../../src/tokens/codes';
import { contractLimits as limits } from '../../contracts/failure-counters';
import { expectCleanAnswer, type TestResponse } from '../expect/clean-answer';
import { aMadeApplication, anApiGate, type ApiGate } from '../gate/api-gate';
import { JOHN, PATIENT_DEADLINE_MS as deadline, silentLogger as logger, type Pair, type TokenBody } from '../gate/gate';
import { ignoreEvents as emit } from '../gate/ignored-events';
import { REDIRECT_URI } from '../gate/public-application';
import { onRedis } from '../stores/every-store';
import { aClock, type TestClock } from '../time/clock';

/** A store for gates of `anApiGate`, which a second backend of the test can open as well. */
export type CodeStoreOptions = { readonly memory: SharedMemory } | Awaited<ReturnType<typeof onRedis>>;

/** For `describe.each`: stores for codes, each a fresh one. */
export const everyCodeStore: readonly (readonly [name: string, freshStore: () => Promise<CodeStoreOptions>])[] = [
  ['memory', async () => ({ memory: new SharedMemory() })],
  ['Redis', onRedis],
];

/** The wording of every refusal of a code. */
const REFUSED_CODE = {
  error: 'invalid_grant',
  error_description: 'The authorization code is unknown, expired or used, or was issued for another request.',
};

export const expectRefusedCode = (answer: TestResponse): void => {
  expect(expectCleanAnswer(answer, { status: 400, error: 'invalid_grant' })).toEqual(REFUSED_CODE);
};

/** Expects tokens, and returns them. */
export const expectIssued = (answer: TestResponse): TokenBody =>
  expectCleanAnswer(answer, { status: 200 }) as unknown as TokenBody;

export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

/** Returns the challenge of a verifier by S256 (RFC 7636 §4.2). */
export const challengeFor = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

const shares = { auditPerActor: 1_000 };

const openBackend = (store: CodeStoreOptions, clock: TestClock) => {
  const settings = { clock: clock.now, emit, logger, limits, shares };
  if ('memory' in store) return openMemoryBackend({ ...settings, memory: store.memory });
  const { redis, prefix } = store;
  const cache = { maxEntries: 1_000, maxAge: 60 };
  return openRedisBackend(redis, {
    ...{ ...settings, prefix, deadline, cache, redisMayEvict: false },
    durations: noDurations,
  });
};

/** What the token request of a code differs in from the right one. `undefined` omits a parameter. */
export type CodeForm = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Gates on one store, an application with a redirect URI, and codes as the authorization endpoint issues them. */
export interface CodeGates {
  readonly gates: readonly ApiGate[];
  readonly gate: ApiGate;
  readonly clock: TestClock;
  readonly consents: Consents;
  readonly applicationId: string;
  readonly keys: Pair;
  /** Issues a code for John. */
  readonly issueCode: (request?: Partial<CodeRequest>) => Promise<string>;
  /** Redeems a code with everything right but what is given. */
  readonly redeem: (code: string, form?: CodeForm, options?: RedeemOptions) => ReturnType<ApiGate['token']>;
}

interface RedeemOptions {
  /** @default the first */
  readonly at?: ApiGate | undefined;
  /** `null` sends none. */
  readonly credentials?: Pair | null;
}

const dropUndefined = (form: CodeForm) =>
  Object.fromEntries(Object.entries(form).filter(([, value]) => value !== undefined));

const opened: { close(): unknown }[] = [];
afterAll(() => Promise.all(opened.map((backend) => backend.close())));

/** Opens gates with two APIs, orders and stock, to both of which the application subscribes. */
export const openCodeGates = async (
  store: CodeStoreOptions,
  overrides: Parameters<typeof anApiGate>[0] = {},
  count = 1,
): Promise<CodeGates> => {
  const clock = aClock();
  const gates = Array.from({ length: count }, () => anApiGate({ ...store, clock: clock.now, ...overrides }));
  const [gate] = gates;
  if (gate === undefined) throw new Error('no gate was opened');
  const backend = openBackend(store, clock);
  opened.push(backend);
  const revocation = { revokeGrant: async () => undefined };
  const codes = new Codes({ store: backend.codes, clock: clock.now, emit, revocation });
  const subscriptions = ['orders', 'stock'];
  const { id, keys } = await aMadeApplication(gate, { redirectUris: [REDIRECT_URI], subscriptions });
  const issueCode: CodeGates['issueCode'] = (request) =>
    codes.issue({
      ...{ clientId: keys[0], subject: JOHN[0], organization: 'johnsorg', environment: 'production' },
      ...{ redirectUri: REDIRECT_URI, challenge: challengeFor(VERIFIER), scopes: ['read', 'update'] },
      ...{ resources: [], roles: [] },
      ...request,
    });
  const redeem: CodeGates['redeem'] = (code, form = {}, { at = gate, credentials = keys } = {}) => {
    const right = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, code_verifier: VERIFIER };
    return at.token(dropUndefined({ ...right, ...form }) as Readonly<Record<string, string>>, credentials);
  };
  const consents = new Consents(backend.consents, clock.now, 100);
  return { gates, gate, clock, consents, applicationId: id, keys, issueCode, redeem };
};
