import type { ScopegateOptions } from 'scopegate';
import { anApplication } from '../support/gate/applications';
import { clientRequests, expectToken, expectUnauthenticated } from '../support/tokens/client-requests';
import { aClock } from '../support/time/clock';
import { expectEndedWithinBound, expectWithinBound } from '../support/gate/cached-gate';
import { everyStore, onRedis } from '../support/stores/every-store';
import { aGate, APPLICATION, JOHN, type TestGate, type TestScope } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { testRedis } from '../support/redis/redis';
import { refresh, refreshed } from '../support/tokens/refreshing';
import { aServedGate, PASSWORD_FORM } from '../support/tokens/token-requests';
import { passwordForm, refreshForm } from '../support/tokens/forms';

const [KEY] = APPLICATION;

describe.each(everyStore)('a client over %s', (_name, freshStore) => {
  const open = async (overrides: Partial<ScopegateOptions<TestScope>> = {}) => {
    const gate = await aServedGate({ ...(await freshStore()), throttle: false, ...overrides });
    return { ...gate, ...clientRequests(gate) };
  };

  it('S-073 has two secrets while both are valid, and then the newer one', async () => {
    const clock = aClock();
    const gate = await open({ clock: clock.now });
    const { directory } = gate.gate;
    const { id } = await directory.applications.create({ name: 'Made app', owner: JOHN[0] });
    const order = { environment: 'production' } as const;
    const older = await directory.applications.generateKeys(id, { ...order, expiresAt: clock.now() + 100 });
    const newer = await directory.applications.generateKeys(id, order);
    expect(newer.clientId).toBe(older.clientId);

    const [byOlder, byNewer] = [older, newer].map(({ clientId, clientSecret }) => `${clientId}:${clientSecret}`) as [
      string,
      string,
    ];
    for (const credentials of [byOlder, byNewer]) expectToken(await gate.askWith(credentials));
    clock.advance(99.9);
    expectToken(await gate.askWith(byOlder));
    clock.advance(0.1);
    expectUnauthenticated(await gate.askWith(byOlder));
    expectToken(await gate.askWith(byNewer));
    await directory.applications.revokeSecret(id, newer.secretId);
    expectUnauthenticated(await gate.askWith(byNewer));
  });

  it('S-067 authenticates in the header and in the body, and in neither after its last secret is revoked', async () => {
    const gate = await open();
    const { applications } = gate.gate.directory;
    const { id } = await applications.create({ name: 'Made app', owner: JOHN[0] });
    const { clientId, clientSecret, secretId } = await applications.generateKeys(id, { environment: 'production' });
    const form = { ...PASSWORD_FORM, client_id: clientId };
    const ways = () =>
      [gate.askWith(`${clientId}:${clientSecret}`), gate.ask([], { ...form, client_secret: clientSecret })] as const;
    for (const way of ways()) expectToken(await way);
    await applications.revokeSecret(id, secretId);
    for (const way of [...ways(), gate.askWith(`${clientId}:`), gate.ask([], form)]) expectUnauthenticated(await way);
  });

  it('S-078 cannot refresh without its secret, and an attempt does not spend the token', async () => {
    const gate = await open();
    const issued = await gate.signIn();
    const form = refreshForm(issued.refresh_token);
    const attempts = [
      gate.ask([], form),
      gate.ask([], { ...form, client_id: KEY }),
      gate.ask([], { ...form, client_id: KEY, client_secret: '' }),
      gate.ask([], { ...form, client_id: KEY, client_secret: 'wrong' }),
      gate.askWith(`${KEY}:`, form),
      gate.askWith(`${KEY}:wrong`, form),
      gate.ask([`Authorization: Bearer ${issued.access_token}`], form),
      gate.ask([`Authorization: Bearer ${issued.refresh_token}`], form),
    ];
    for (const attempt of attempts) expectUnauthenticated(await attempt);
    await gate.get('/me', issued.access_token).expect(200);
    await refreshed(gate, issued);
  });
});

describe('a client on several nodes', () => {
  const twoNodes = async () => {
    const options = { ...(await onRedis()), throttle: false } as const;
    const [one, other] = [aGate(options), aGate(options)];
    const application = await anApplication(one);
    const issued = await Promise.all([one, other].map((node) => node.signIn(JOHN, 'read', application.keys)));
    const { gate } = one;
    const expectRefused = async (): Promise<void> => {
      expectCleanAnswer(await one.token(PASSWORD_FORM, application.keys), { status: 401, error: 'invalid_client' });
      await expectWithinBound(() => other.token(PASSWORD_FORM, application.keys), 401);
      for (const { access_token: access } of issued) await expectEndedWithinBound(access, one, other);
      for (const node of [one, other]) {
        const answer = await node.token(PASSWORD_FORM, application.keys);
        expectCleanAnswer(answer, { status: 401, error: 'invalid_client' });
        for (const { access_token: access, refresh_token: token } of issued) {
          await node.get('/orders', access).expect(401);
          expectCleanAnswer(await refresh(node, token, undefined, application.keys), { status: 401 });
        }
      }
    };
    return { gate, one, other, application, expectRefused };
  };

  it('S-072 is refused everywhere with its tokens as soon as it is disabled, until it is enabled', async () => {
    const { gate, one, other, application, expectRefused } = await twoNodes();
    await gate.directory.applications.disable(application.id);
    await expectRefused();
    await other.gate.directory.applications.enable(application.id);
    await other.token(PASSWORD_FORM, application.keys).expect(200);
    await expectWithinBound(() => one.token(PASSWORD_FORM, application.keys), 200);
  });

  it('S-072 is refused everywhere as soon as it is removed, and has another key when it is created again', async () => {
    const { gate, application, expectRefused } = await twoNodes();
    await gate.directory.applications.remove(application.id);
    await expectRefused();
    const again = await anApplication({ gate });
    expect(again.keys[0]).not.toBe(application.keys[0]);
    await expectRefused();
  });

  it('S-072 is refused everywhere as soon as its secret is deleted', async () => {
    const { gate, application, expectRefused } = await twoNodes();
    await gate.directory.applications.revokeSecret(application.id, application.secretId);
    await expectRefused();
  });

  it('S-072 is refused everywhere as soon as its organization is disabled', async () => {
    const options = await onRedis();
    const nodes = [
      aGate({ ...options, organizations: [], users: [], applications: [] }),
      aGate({ ...options, organizations: [], users: [], applications: [] }),
    ] as const;
    const { directory } = nodes[0].gate;
    await directory.organizations.create({ key: 'org' });
    await directory.users.create({ username: 'kim', organization: 'org', password: 'kim-password' });
    const { id } = await directory.applications.create({ name: 'App', owner: 'kim@org' });
    const { clientId, clientSecret } = await directory.applications.generateKeys(id, { environment: 'production' });
    const ask = (node: TestGate) => node.token(passwordForm(['kim@org', 'kim-password']), [clientId, clientSecret]);
    for (const node of nodes) await ask(node).expect(200);
    await directory.organizations.disable('org');
    expectCleanAnswer(await ask(nodes[0]), { status: 401, error: 'invalid_client' });
    await expectWithinBound(() => ask(nodes[1]), 401);
    expectCleanAnswer(await ask(nodes[1]), { status: 401, error: 'invalid_client' });
  });
});

describe('a client record', () => {
  it.each([
    ['an empty digest', (secret: object) => [{ ...secret, digest: '' }]],
    ['half a digest', (secret: { digest: string }) => [{ ...secret, digest: secret.digest.slice(0, 20) }]],
    ['null for a digest', (secret: object) => [{ ...secret, digest: null }]],
    ['a number for a digest', (secret: object) => [{ ...secret, digest: 1 }]],
    ['no digest', (secret: { digest: string }) => [{ ...secret, digest: undefined }]],
    ['the secret in clear', (secret: object) => [{ ...secret, digest: 'made-secret' }]],
    ['no secrets', () => []],
    ['null for secrets', () => null],
    ['a text for secrets', () => 'made-secret'],
  ])('S-075 that holds %s authenticates no client', async (_name, damage) => {
    const options = await onRedis();
    const gate = await aServedGate({ ...options, throttle: false });
    const { askWith } = clientRequests(gate);
    const { id, keys } = await anApplication(gate, { clientSecret: 'made-secret' });
    const redis = await testRedis();
    const hash = `${options.prefix}{directory}:applications`;
    type Stored = { keys: { production: { secrets: [{ digest: string }] } } };
    const record = JSON.parse((await redis.hget(hash, id)) ?? '') as Stored;
    const { production } = record.keys;
    const damaged = { ...record, keys: { production: { ...production, secrets: damage(production.secrets[0]) } } };
    await redis.hset(hash, id, JSON.stringify(damaged));

    for (const secret of ['made-secret', '', 'null', 'undefined', '1']) {
      const answer = await askWith(`${keys[0]}:${secret}`);
      expectCleanAnswer(answer, { status: [401, 500], without: ['access_token'] });
    }
  });
});
