import request from 'supertest';
import type { ManagedDirectory } from 'scopegate';
import { withApplications } from '../support/gate/applications';
import { anApiGate, aMadeApplication, clientToken } from '../support/gate/api-gate';
import { aClock } from '../support/time/clock';
import { everyStore } from '../support/stores/every-store';
import { aGate, APPLICATION, JANE, JOHN, type Pair, type TestGate, type TokenBody } from '../support/gate/gate';
import { recordEvents } from '../support/gate/recorded-events';
import { refreshed } from '../support/tokens/refreshing';
import { grantIdOf } from '../support/tokens/tokens';

const NOW = 1_800_000_000;

const OTHER: Pair = ['other', 'other-secret'];
const SAM: Pair = ['sam@acme', 'sam-password'];

const johns = (tokens: Pick<TokenBody, 'access_token'>) => ({
  grantId: grantIdOf(tokens.access_token),
  clientId: APPLICATION[0],
  subject: JOHN[0],
  organization: 'johnsorg',
  environment: 'production',
});

const revoke = ({ app }: Pick<TestGate, 'app'>, token: string, [key, secret]: Pair = APPLICATION) =>
  request(app).post('/revoke').auth(key, secret).type('form').send({ token });

describe.each(everyStore)('a gate over %s', (_name, freshStore) => {
  const open = async (overrides: Parameters<typeof aGate>[0] = {}) => {
    const tested = aGate({ ...(await freshStore()), clock: aClock(NOW).now, ...overrides });
    return { ...tested, events: recordEvents(tested.gate) };
  };

  it.each(['access_token', 'refresh_token'] as const)(
    'emits one revoke event for the %s that its client revokes',
    async (kind) => {
      const tested = await open();
      const tokens = await tested.signIn(JOHN, 'read');
      tested.events.splice(0);
      await revoke(tested, tokens[kind]).expect(200);
      const expected = { type: 'revoke', because: 'request', ends: 'grants', ...johns(tokens), at: NOW };
      expect(tested.events).toStrictEqual([expected]);

      // It has ended, and a second revocation is a success that ends nothing.
      await revoke(tested, tokens[kind]).expect(200);
      await revoke(tested, 'sga_never-issued').expect(200);
      expect(tested.events).toStrictEqual([expected]);
    },
  );

  it('S-215 emits no revoke event for the token of another client', async () => {
    const tested = await open(withApplications(OTHER));
    const tokens = await tested.signIn(JOHN, 'read');
    tested.events.splice(0);
    await revoke(tested, tokens.access_token, OTHER).expect(400);
    expect(tested.events).toStrictEqual([
      { type: 'deny', place: 'revoke', status: 400, reason: 'unauthorized_client', clientId: OTHER[0], at: NOW },
    ]);
  });

  it('emits a revoke event for each revocation by management: by a token, a grant, a user or a client', async () => {
    const tested = await open();
    const { gate, events, signIn } = tested;
    const [byToken, bySpent, byGrant] = [await signIn(), await signIn(), await signIn()];
    await refreshed(tested, bySpent);
    const { grantId } = johns(byGrant);
    events.splice(0);
    await gate.tokens.revoke({ token: byToken.access_token });
    await gate.tokens.revoke({ token: bySpent.refresh_token });
    await gate.tokens.revoke({ grantId });
    const expected = { type: 'revoke', because: 'management', ends: 'grants', at: NOW };
    expect(events).toStrictEqual([
      { ...expected, ...johns(byToken) },
      { ...expected, ...johns(bySpent) },
      { ...expected, grantId },
    ]);

    await signIn();
    events.splice(0);
    await gate.tokens.revoke({ user: 'JOHN@gmail.com@JohnsOrg' });
    expect(events).toStrictEqual([{ ...expected, subject: JOHN[0] }]);
    await signIn();
    events.splice(0);
    await gate.tokens.revoke({ clientId: APPLICATION[0] });
    expect(events).toStrictEqual([{ ...expected, clientId: APPLICATION[0] }]);
  });

  it('emits nothing when there was nothing to revoke', async () => {
    const { gate, events, signIn } = await open();
    const tokens = await signIn();
    await gate.tokens.revoke({ token: tokens.access_token });
    events.splice(0);
    await gate.tokens.revoke({ token: tokens.access_token });
    await gate.tokens.revoke({ token: 'nonsense' });
    await gate.tokens.revoke({ grantId: 'nonsense' });
    expect(events).toEqual([]);
    await gate.tokens.revoke({ grantId: grantIdOf(tokens.access_token) });
    expect(events).toEqual([]);
  });

  it('emits nothing for a user or a client without tokens', async () => {
    const { gate, events, signIn } = await open();
    await signIn(JANE);
    events.splice(0);
    await gate.tokens.revoke({ user: JOHN[0] });
    await gate.tokens.revoke({ clientId: 'nobody' });
    expect(events).toEqual([]);
  });

  /** Sam of acme, who is signed in to an application with a key pair. */
  const sams = async () => {
    const tested = await open();
    const { organizations, users } = tested.gate.directory;
    await organizations.create({ key: 'acme' });
    await users.create({ username: 'sam', organization: 'acme', password: SAM[1], roles: ['clerk'] });
    const { id, keys, clientId, secretId } = await aMadeApplication(tested, { owner: SAM[0] });
    const tokens = await tested.signIn(SAM, 'read update', keys);
    tested.events.splice(0);
    return { ...tested, id, keys, clientId, secretId, tokens };
  };

  const bySam = { subject: SAM[0] };

  it.each<[string, string, 'grants' | 'access', (users: ManagedDirectory['users']) => Promise<unknown>]>([
    ['gets a new password', 'password', 'grants', (users) => users.setPassword(SAM[0], 'another-password')],
    ['is disabled', 'disabled', 'grants', (users) => users.disable(SAM[0])],
    ['is removed', 'removed', 'grants', (users) => users.remove(SAM[0])],
    ['gets other roles', 'roles', 'access', (users) => users.setRoles(SAM[0], [])],
  ])('emits one revoke event when a user %s', async (_what, because, ends, act) => {
    const { gate, events, get, tokens } = await sams();
    await act(gate.directory.users);
    expect(events).toStrictEqual([{ type: 'revoke', because, ends, ...bySam, at: NOW }]);
    await get('/me', tokens.access_token).expect(401);
  });

  interface MadeIds {
    readonly id: string;
    readonly secretId: string;
  }
  type ActOnApplication = (applications: ManagedDirectory['applications'], ids: MadeIds) => Promise<unknown>;

  it.each<[string, string, 'grants' | 'access', ActOnApplication]>([
    ['is disabled', 'disabled', 'grants', (applications, { id }) => applications.disable(id)],
    ['is removed', 'removed', 'grants', (applications, { id }) => applications.remove(id)],
    ['loses a secret', 'secret', 'grants', (applications, { id, secretId }) => applications.revokeSecret(id, secretId)],
    ['becomes public', 'client_type', 'grants', (applications, { id }) => applications.setPublic(id, true)],
    ['becomes confidential', 'client_type', 'grants', (applications, { id }) => applications.setPublic(id, false)],
    ['gets fewer scopes', 'scopes', 'access', (applications, { id }) => applications.setScopes(id, ['read'])],
    ['gets no list of scopes', 'scopes', 'access', (applications, { id }) => applications.setScopes(id)],
  ])('emits one revoke event when an application %s', async (_what, because, ends, act) => {
    const { gate, events, get, tokens, id, secretId, clientId } = await sams();
    await act(gate.directory.applications, { id, secretId });
    expect(events).toStrictEqual([{ type: 'revoke', because, ends, clientId, at: NOW }]);
    await get('/me', tokens.access_token).expect(401);
  });

  it.each(['disabled', 'removed'] as const)('emits one event when an organization is %s', async (because) => {
    const tested = await sams();
    await clientToken(tested, tested.keys); // so that the application has a token that is not Sam's
    tested.events.splice(0);
    const { organizations } = tested.gate.directory;
    await (because === 'disabled' ? organizations.disable('acme') : organizations.remove('acme'));
    const expected = { type: 'revoke', because, ends: 'grants', organization: 'acme', at: NOW };
    expect(tested.events).toStrictEqual([expected]);
  });

  it.each<[string, (directory: ManagedDirectory, id: string) => Promise<unknown>]>([
    ['a user is enabled', ({ users }) => users.enable(SAM[0])],
    [
      'an application gets another secret',
      ({ applications }, id) => applications.generateKeys(id, { environment: 'production' }),
    ],
    [
      'an application gets other redirect URIs',
      ({ applications }, id) => applications.setRedirectUris(id, ['https://app.example/callback']),
    ],
    ['an application gets other grant types', ({ applications }, id) => applications.setGrantTypes(id, ['password'])],
  ])('emits nothing when no token ends, for example when %s', async (_what, act) => {
    const { gate, events, get, tokens, id } = await sams();
    await act(gate.directory, id);
    expect(events).toEqual([]);
    await get('/me', tokens.access_token).expect(200);
  });

  it('emits one revoke event when an application unsubscribes', async () => {
    const tested = anApiGate({ ...(await freshStore()), clock: aClock(NOW).now });
    const { id, keys, clientId } = await aMadeApplication(tested, { subscriptions: ['orders'] });
    await tested.signIn(keys, 'read');
    const events = recordEvents(tested.gate);
    await tested.gate.directory.applications.unsubscribe(id, 'orders');
    expect(events).toStrictEqual([{ type: 'revoke', because: 'unsubscribed', ends: 'access', clientId, at: NOW }]);
  });
});
