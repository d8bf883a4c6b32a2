import { ConfigurationError, scopegate, type ApplicationDeclaration, type ScopegateOptions } from 'scopegate';
import {
  aKeyPair,
  aMadeApplication,
  anApiGate,
  apiGateOptions,
  clientToken,
  statusOf,
  type ApiScope,
} from '../support/gate/api-gate';
import { challengeOf } from '../support/http/challenge';
import { everyStore } from '../support/stores/every-store';
import { JOHN, type Pair, type TokenBody } from '../support/gate/gate';
import { collect } from '../support/stores/collect';
import { expectCleanAnswer, type TestResponse } from '../support/expect/clean-answer';
import { refresh, refusedRefresh } from '../support/tokens/refreshing';
import { rejectionOf, thrownBy } from '../support/expect/thrown';
import { clientForm } from '../support/tokens/forms';

const PRODUCTION: Pair = ['prod-key', 'prod-secret'];
const SANDBOX: Pair = ['sand-key', 'sand-secret'];

type Declared = ApplicationDeclaration<ApiScope>;

const declared = (
  [consumerKey, consumerSecret]: Pair,
  sandbox?: Pair,
  subscriptions: readonly string[] = ['orders', 'stock'],
): Declared => ({
  name: `App ${consumerKey}`,
  owner: JOHN[0],
  consumerKey,
  consumerSecret,
  subscriptions,
  ...(sandbox === undefined ? {} : { sandbox: { consumerKey: sandbox[0], consumerSecret: sandbox[1] } }),
});

const expectNoSandbox = (answer: TestResponse): void => {
  const body = expectCleanAnswer(answer, { status: 403, from: 'guard', error: 'insufficient_scope' });
  const description = 'This API has no sandbox: send a token of the production key.';
  expect(body).toEqual({ error: 'insufficient_scope', error_description: description });
  const { parameters } = challengeOf(answer);
  expect(parameters).toMatchObject({ error: 'insufficient_scope', error_description: description });
  expect(Object.keys(parameters)).not.toContain('scope');
};

/** An application with a key pair for each environment, declared or made at run time. */
const kinds = [
  [
    'declared',
    async (store: Partial<ScopegateOptions<ApiScope>>) => {
      const gate = anApiGate({ ...store, applications: [declared(PRODUCTION, SANDBOX)] });
      return { gate, production: PRODUCTION, sandbox: SANDBOX };
    },
  ],
  [
    'generated',
    async (store: Partial<ScopegateOptions<ApiScope>>) => {
      const gate = anApiGate(store);
      const { id, keys } = await aMadeApplication(gate, { subscriptions: ['orders', 'stock'] });
      return { gate, production: keys, sandbox: await aKeyPair(gate, id, 'sandbox') };
    },
  ],
] as const;

const everyKind = everyStore.flatMap(([store, freshStore]) =>
  kinds.map(([kind, make]) => [kind, store, async () => make(await freshStore())] as const),
);

describe.each(everyKind)('a %s sandbox key, in %s,', (_kind, _store, open) => {
  it('obtains sandbox tokens for a user, for the client itself, by a refresh and by management', async () => {
    const { gate, production, sandbox } = await open();
    const signedIn = await gate.signIn(sandbox, 'read');
    const { body } = await refresh(gate, signedIn.refresh_token, undefined, sandbox).expect(200);
    const own = await clientToken(gate, sandbox, 'read');
    const issued = await gate.gate.tokens.issue({ clientId: sandbox[0], subject: JOHN[0], scopes: ['read'] });
    const { access_token: next } = body as TokenBody;
    for (const token of [signedIn.access_token, next, own.access_token, issued.accessToken]) {
      const auth = { environment: 'sandbox', clientId: sandbox[0], organization: 'johnsorg', scopes: ['read'] };
      expect((await gate.get('/me', token).expect(200)).body).toMatchObject(auth);
      expect((await gate.get('/stock', token).expect(200)).body).toMatchObject(auth);
    }
    const { access_token: real } = await gate.signIn(production, 'read');
    expect((await gate.get('/stock', real).expect(200)).body).toMatchObject({
      environment: 'production',
      clientId: production[0],
    });
    const environments = async (clientId: string) =>
      new Set((await collect(gate.gate.tokens.find({ clientId }))).map(({ environment }) => environment));
    expect(await environments(sandbox[0])).toEqual(new Set(['sandbox']));
    expect(await environments(production[0])).toEqual(new Set(['production']));
  });

  it('S-116 opens an API with a sandbox, and is refused by an API without one, whatever the scope', async () => {
    const { gate, production, sandbox } = await open();
    const { access_token: token } = await gate.signIn(sandbox, 'read update');
    const { access_token: bare } = await gate.signIn(sandbox);
    const served = (_request: object, response: { json(body: object): unknown }) => void response.json({});
    gate.app.get('/single', gate.gate.api('orders').requireScope('read'), served);
    for (const refused of [token, bare]) {
      for (const path of ['/orders', '/orders/any', '/single']) expectNoSandbox(await gate.get(path, refused));
      expectNoSandbox(await gate.put('/orders/1', refused));
    }
    expect(gate.served()).toBe(0);
    await gate.get('/orders/open', token).expect(200);
    await gate.get('/stock', token).expect(200);
    const { access_token: real } = await gate.signIn(production, 'read update');
    await gate.put('/orders/1', real).expect(200);
    await gate.get('/single', real).expect(200);
    await gate.get('/stock', real).expect(200);
  });

  it('S-121 is a separate client: neither environment can refresh or revoke tokens of the other', async () => {
    const { gate, production, sandbox } = await open();
    for (const [ours, theirs] of [
      [production, sandbox],
      [sandbox, production],
    ] as const) {
      const tokens = await gate.signIn(ours, 'read');
      await refusedRefresh(gate, tokens.refresh_token, theirs);
      expect(await statusOf(gate.token(clientForm(), [ours[0], theirs[1]]))).toBe(401);
      await gate.gate.tokens.revoke({ clientId: theirs[0] });
      await gate.get('/me', tokens.access_token).expect(200);
      await refresh(gate, tokens.refresh_token, undefined, ours).expect(200);
    }
  });
});

describe.each(everyStore)('both key pairs of an application, in %s,', (_name, freshStore) => {
  const open = async () => {
    const gate = anApiGate(await freshStore());
    const { id, keys } = await aMadeApplication(gate, { subscriptions: ['orders', 'stock'] });
    const tokens = async (pair: Pair) => (await gate.signIn(pair, 'read update')).access_token;
    const sandbox = await aKeyPair(gate, id, 'sandbox');
    return {
      gate,
      id,
      applications: gate.gate.directory.applications,
      real: await tokens(keys),
      sandbox,
      trial: await tokens(sandbox),
    };
  };
  const statuses = ({ gate, real, trial }: Awaited<ReturnType<typeof open>>) =>
    Promise.all([real, trial].map((token) => statusOf(gate.get('/me', token))));

  it.each(['unsubscribe', 'setScopes', 'disable', 'remove'] as const)(
    'S-117 S-072 lose their tokens by %s',
    async (way) => {
      const harness = await open();
      const { id, applications } = harness;
      const changes = {
        unsubscribe: () => applications.unsubscribe(id, 'orders'),
        setScopes: () => applications.setScopes(id, []),
        disable: () => applications.disable(id),
        remove: () => applications.remove(id),
      };
      expect(await statuses(harness)).toEqual([200, 200]);
      await changes[way]();
      expect(await statuses(harness)).toEqual([401, 401]);
    },
  );

  it('lose only their own tokens when one of their secrets is revoked', async () => {
    const harness = await open();
    const application = await harness.applications.find(harness.id);
    const [secret] = application?.keys.sandbox?.secrets ?? [];
    await harness.applications.revokeSecret(harness.id, secret?.id ?? '');
    expect(await statuses(harness)).toEqual([200, 401]);
    expect(await statusOf(harness.gate.token(clientForm(), harness.sandbox))).toBe(401);
  });

  it('have one key each, which no other application can take', async () => {
    const { gate, id, applications, sandbox } = await open();
    const other = await aMadeApplication(gate);
    for (const environment of ['production', 'sandbox'] as const) {
      const taken = applications.generateKeys(other.id, { environment, clientId: sandbox[0], clientSecret: 'x' });
      expect(await rejectionOf(taken)).toEqual(
        expect.objectContaining({ code: expect.stringMatching(/EXISTS|VALUE/) }),
      );
    }
    expect((await applications.find(id))?.keys.sandbox?.secrets).toHaveLength(1);
    await clientToken(gate, sandbox);
  });
});

describe('declared sandbox keys', () => {
  it('S-289 cannot be taken by an application that is created at run time', async () => {
    const gate = anApiGate({ applications: [declared(PRODUCTION, SANDBOX)] });
    const { id } = await gate.gate.directory.applications.create({ name: 'Another' });
    const order = { environment: 'production', clientId: SANDBOX[0], clientSecret: 'another' } as const;
    const taken = gate.gate.directory.applications.generateKeys(id, order);
    expect(await rejectionOf(taken)).toEqual(expect.objectContaining({ code: 'ERR_SCOPEGATE_EXISTS' }));
    expect(await statusOf(gate.token(clientForm(), [SANDBOX[0], 'another']))).toBe(401);
    await clientToken(gate, SANDBOX);
  });

  const faultsOf = (applications: readonly Declared[]): readonly string[] => {
    const thrown = thrownBy(() => scopegate<ApiScope>(apiGateOptions({ applications })));
    return thrown instanceof ConfigurationError ? thrown.message.split('\n').slice(1, -1) : [];
  };
  const twice = (position: number) => `  applications[${position}].sandbox.consumerKey: is a duplicate`;

  it.each<[which: string, applications: readonly Declared[], positions: readonly number[]]>([
    ['the production key of its application', [declared(PRODUCTION, [PRODUCTION[0], 'x'])], [0]],
    ['the production key of one before', [declared(PRODUCTION), declared(['b', 'b'], [PRODUCTION[0], 'x'])], [1]],
    ['the production key of one behind', [declared(PRODUCTION, ['b', 'x']), declared(['b', 'b'])], [0]],
    ['the sandbox key of another', [declared(PRODUCTION, SANDBOX), declared(['b', 'b'], SANDBOX)], [1]],
  ])('S-356 are refused at the start if one is %s', (_which, applications, positions) => {
    expect(faultsOf(applications)).toEqual(positions.map(twice));
  });

  it('S-356 are reported by their index in the list, even after faulty entries', () => {
    const nameless = { ...declared(['a', 'a']), name: '' };
    const faults = faultsOf([nameless, declared(PRODUCTION, SANDBOX), declared(['b', 'b'], SANDBOX)]);
    expect(faults).toHaveLength(2);
    expect(faults[1]).toBe(twice(2));
  });

  it.each<[what: string, sandbox: unknown, problem: string]>([
    ['without a secret', { consumerKey: 'b' }, 'sandbox.consumerSecret: is missing'],
    ['without a key', { consumerSecret: 'b' }, 'sandbox.consumerKey: is missing'],
    [
      'with a key that the wire cannot carry',
      { consumerKey: 'a:b', consumerSecret: 'b' },
      'sandbox.consumerKey: must be',
    ],
    ['with a misspelt name', { consumerKey: 'a', consumerSecret: 'b', secret: 'c' }, 'sandbox.secret: is unknown'],
    ['that is not an object', 'b', 'sandbox: must be an object'],
    ['that is null', null, 'sandbox: must be an object'],
  ])('S-356 are refused at the start %s', (_what, sandbox, problem) => {
    const faults = faultsOf([{ ...declared(PRODUCTION), sandbox } as unknown as Declared]);
    expect(faults.join('\n')).toContain(`  applications[0].${problem}`);
  });

  it('S-356 require a boolean `sandbox` in the API', () => {
    const { apis = {} } = apiGateOptions();
    const wrong = { ...apis, stock: { ...apis['stock'], sandbox: 'http://127.0.0.1' as unknown as boolean } };
    expect(() => scopegate<ApiScope>(apiGateOptions({ apis: wrong }))).toThrow(
      '  apis.stock.sandbox: must be true or false',
    );
  });
});
