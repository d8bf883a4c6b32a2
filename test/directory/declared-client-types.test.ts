import type { Redis } from 'ioredis';
import { createMemoryStore, type ApplicationDeclaration, type ScopegateOptions } from 'scopegate';
import { orders, other, OTHER } from '../support/gate/declared-records';
import { aGate, APPLICATION, JOHN, type TestGate, type TestScope } from '../support/gate/gate';
import { onRedis } from '../support/stores/every-store';
import { collect } from '../support/stores/collect';
import { refreshForm } from '../support/tokens/forms';
import { until } from '../support/time/waiting';

type Declaration = ApplicationDeclaration<TestScope>;
type Store = Pick<ScopegateOptions, 'redis' | 'prefix' | 'memory'>;

const [KEY] = APPLICATION;
const CALLBACK = 'https://app.example/callback';
const OTHER_CALLBACK = 'https://app.example/other';
const open: Declaration = {
  name: 'Browser app',
  owner: JOHN[0],
  consumerKey: KEY,
  public: true,
  redirectUris: [CALLBACK],
};
const confidential: Declaration = { ...orders, redirectUris: [CALLBACK] };

const started = async (store: Store, application: Declaration): Promise<TestGate> => {
  const gate = aGate({ ...store, applications: [application, other], throttle: false });
  await gate.gate.ready();
  return gate;
};

const issued = ({ gate }: TestGate, clientId = KEY) =>
  gate.tokens.issue({ clientId, subject: JOHN[0], scopes: ['read'] });

/** The statuses of an access token at a guard, and of a refresh by a client that sends its id alone. */
const statuses = async (
  { get, token }: TestGate,
  { accessToken, refreshToken = '' }: { readonly accessToken: string; readonly refreshToken?: string },
): Promise<readonly number[]> => [
  (await get('/me', accessToken)).status,
  (await token({ ...refreshForm(refreshToken), client_id: KEY }, null)).status,
];

const redirectUrisAt = async ({ gate }: TestGate): Promise<readonly string[] | undefined> =>
  (await gate.directory.applications.find(KEY))?.redirectUris;

const stores: readonly (readonly [string, () => Promise<Store>])[] = [
  ['a store in memory', async () => ({ memory: createMemoryStore() })],
  ['Redis', onRedis],
];

describe.each(stores)('a start with another type of a declared client, on %s,', (_name, freshStore) => {
  it('keeps the grants of a public application that is declared as before', async () => {
    const store = await freshStore();
    const before = await started(store, open);
    const tokens = await issued(before);
    await before.close();
    expect(await statuses(await started(store, open), tokens)).toEqual([200, 200]);
  });

  it('ends the grants of an application that has become public, so that no refresh works without the secret', async () => {
    const store = await freshStore();
    const before = await started(store, confidential);
    const [tokens, others] = [await issued(before), await issued(before, OTHER[0])];
    await before.close();
    const after = await started(store, open);
    expect(await statuses(after, tokens)).toEqual([401, 400]);
    expect((await after.get('/me', others.accessToken)).status).toBe(200);
  });

  it('ends the grants of an application that has become confidential', async () => {
    const store = await freshStore();
    const before = await started(store, open);
    const tokens = await issued(before);
    await before.close();
    const after = await started(store, confidential);
    expect(await statuses(after, tokens)).toEqual([401, 401]);
    expect((await after.token(refreshForm(tokens.refreshToken ?? ''), APPLICATION)).status).toBe(400);
  });

  it('ends no tokens if only the redirect URIs differ', async () => {
    const store = await freshStore();
    const before = await started(store, { ...open, redirectUris: [CALLBACK, OTHER_CALLBACK] });
    const tokens = await issued(before);
    await before.close();
    const after = await started(store, { ...open, redirectUris: [OTHER_CALLBACK] });
    expect(await statuses(after, tokens)).toEqual([200, 200]);
    expect(await redirectUrisAt(after)).toEqual([OTHER_CALLBACK]);
  });
});

describe('a gate with the former declaration of a client, after one with another was started', () => {
  it('answers 503 for a client whose type has changed, whatever it sends', async () => {
    const store = await onRedis();
    const former = await started(store, confidential);
    await started(store, open);
    const form = { ...refreshForm('x'), client_id: KEY };
    await until(async () => (await former.token(form, null)).status === 503);
    expect((await former.token(refreshForm('x'), APPLICATION)).status).toBe(503);
    expect((await former.token(refreshForm('x'), OTHER)).status).toBe(400);
  });

  it('accepts no redirect URI that is no longer registered, and serves the client', async () => {
    const store = await onRedis();
    const former = await started(store, { ...confidential, redirectUris: [CALLBACK, OTHER_CALLBACK] });
    const next = await started(store, { ...confidential, redirectUris: [OTHER_CALLBACK, 'https://new.example/'] });
    await until(async () => (await redirectUrisAt(former))?.length === 1);
    expect(await redirectUrisAt(former)).toEqual([OTHER_CALLBACK]);
    expect(await redirectUrisAt(next)).toEqual([OTHER_CALLBACK, 'https://new.example/']);
    await former.signIn();
  });

  it('accepts no redirect URI at all if none is registered any more', async () => {
    const store = await onRedis();
    const former = await started(store, confidential);
    await started(store, orders);
    await until(async () => (await redirectUrisAt(former))?.length === 0);
    await former.signIn();
  });
});

describe('the registration of a client', () => {
  it('is that of earlier versions for a confidential application without redirect URIs', async () => {
    const store = await onRedis();
    await started(store, orders);
    const registered = await (store.redis as Redis).hget(`${store.prefix}{directory}:declarations`, `client ${KEY}`);
    expect(JSON.parse(registered ?? '')).toMatchObject({
      identity: JSON.stringify([KEY, JOHN[0], 'johnsorg']),
      rights: { subscriptions: [] },
    });
    expect(registered).not.toMatch(/redirectUris|public/);
  });

  it('has the type and the redirect URIs, for gates that do not declare it', async () => {
    const store = await onRedis();
    await started(store, open);
    const { gate } = aGate({ ...store, organizations: [], users: [], applications: [] });
    expect(await collect(gate.directory.applications.listDeclaredElsewhere())).toContainEqual(
      expect.objectContaining({ id: KEY, public: true, redirectUris: [CALLBACK] }),
    );
  });
});
