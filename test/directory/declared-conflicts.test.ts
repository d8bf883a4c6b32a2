import request from 'supertest';
import { ConfigurationError, type ScopegateOptions } from 'scopegate';
import { aGate, APPLICATION, JOHN, type Pair, type TestGate, type TestScope } from '../support/gate/gate';
import { DECLARED } from '../support/gate/managed-directory';
import { rejectionOf } from '../support/expect/thrown';
import { onRedis } from '../support/stores/every-store';
import { passwordForm, refreshForm } from '../support/tokens/forms';
import { servePortal, openSignUp, portalOptions } from '../support/portal/served-portal';
import { PortalVisitor } from '../support/portal/visitor';

type Options = Partial<ScopegateOptions<TestScope>>;

const SAM: Pair = ['sam@johnsorg', 'made-password'];
const DECLARED_SAM: Pair = ['sam@johnsorg', 'declared-password'];

const john = { username: 'john@gmail.com', organization: 'johnsorg', password: JOHN[1], roles: ['clerk'] };
const sam = { username: 'sam', organization: 'johnsorg', password: DECLARED_SAM[1], roles: ['clerk'] };

const RECHECKED = {
  read: 'See',
  update: { description: 'Change', roles: ['clerk'], recheckRoles: true },
  admin: 'All',
};

/** A gate that declares a user who was created through another gate, with live tokens from there. */
const takenUser = async (more: Options = {}) => {
  const store = await onRedis();
  const before = aGate(store);
  await before.gate.directory.users.create({ username: 'sam', organization: 'johnsorg', password: SAM[1] });
  const tokens = await before.signIn(SAM);
  const users = [john, sam];
  const after = aGate({ ...store, users, scopes: RECHECKED, ...more });
  return { store, before, after, tokens };
};

const readinessOf = async ({ app }: TestGate) => {
  const { status, body } = await request(app).get('/health/ready');
  return [status, body] as const;
};

const UNREADY = [503, { status: 'unavailable', stores: { redis: 'ok' }, declarations: 'conflict' }];
const READY = [200, { status: 'ok', stores: { redis: 'ok' } }];

describe('a declared user whose name a user has that was created at run time', () => {
  it('keeps the gate from being ready, with an error that names the option and the cure', async () => {
    const { after } = await takenUser();
    const error = await rejectionOf(after.gate.ready());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).faults).toEqual([
      {
        path: ['users', 1, 'username'],
        problem:
          'is also the name of a user that was created at run time, so both are refused: remove that user with gate.directory.users.remove("sam@johnsorg"), or declare another name',
      },
    ]);
    expect((error as ConfigurationError).message).toMatch(/See docs\/errors\.md#err_scopegate_option$/);
    expect(await readinessOf(after)).toEqual(UNREADY);
    const logged = after.lines.filter(({ level }) => level === 'error');
    expect(logged).toEqual([
      expect.objectContaining({
        fields: { options: 'users[1].username' },
        message: expect.stringContaining('refused'),
      }),
    ]);
  });

  it('cannot sign in, with either password, even before the conflict is found, and others can', async () => {
    const { after } = await takenUser();
    // Found after the password was checked, so the answer is that of a user who is changed during a sign-in.
    for (const pair of [SAM, DECLARED_SAM]) {
      expect([400, 503]).toContain((await after.token(passwordForm(pair))).status);
    }
    await rejectionOf(after.gate.ready());
    for (const pair of [SAM, DECLARED_SAM]) expect((await after.token(passwordForm(pair))).status).toBe(400);
    expect((await after.signIn(JOHN, 'update')).scope).toBe('update');
  });

  it('gets no rights of the declared user through a token from before', async () => {
    const { after, tokens } = await takenUser();
    await rejectionOf(after.gate.ready());
    const refreshed = await after.token(refreshForm(tokens.refresh_token));
    expect([refreshed.status, refreshed.body.error]).toEqual([400, 'invalid_grant']);
  });

  it('is not found through a session from before, in which the user would have the declared roles', async () => {
    const store = await onRedis();
    const before = await servePortal(store, openSignUp);
    const visitor = new PortalVisitor(before);
    await visitor.submit('/sign-up', '/sign-up', {
      username: 'boss',
      organization: 'johnsorg',
      password: 'boss-password',
      again: 'boss-password',
    });
    expect((await visitor.signIn({ username: 'boss@johnsorg', password: 'boss-password' })).status).toBe(303);
    const boss = { username: 'boss', organization: 'johnsorg', password: 'declared-password', roles: ['admin'] };
    const users = [...(portalOptions().users as readonly (typeof boss)[]), boss];
    // Served at the address of the other gate, as after a restart with another configuration.
    await before.close();
    const port = Number(new URL(before.url).port);
    await servePortal({ ...store, users }, { ...openSignUp, port, isReady: false });
    for (const path of ['/admin/users', '/apis']) {
      expect(await visitor.get(path)).toMatchObject({
        status: 303,
        location: expect.stringMatching(/^\/sign-in/) as string,
      });
    }
  });

  it('is served as declared once the other one is removed, whose tokens end', async () => {
    const { before, after, tokens } = await takenUser();
    await rejectionOf(after.gate.ready());
    expect(await rejectionOf(after.gate.directory.users.disable(SAM[0]))).toEqual(DECLARED);
    await after.gate.directory.users.remove(SAM[0]);
    await after.gate.ready();
    expect(await readinessOf(after)).toEqual(READY);
    expect((await after.get('/me', tokens.access_token)).status).toBe(401);
    expect((await after.token(refreshForm(tokens.refresh_token))).status).toBe(400);
    expect((await before.token(passwordForm(SAM))).status).toBe(400);
    expect((await after.token(passwordForm(SAM))).status).toBe(400);
    expect((await after.signIn(DECLARED_SAM, 'update')).scope).toBe('update');
    expect(await rejectionOf(after.gate.directory.users.remove(SAM[0]))).toEqual(DECLARED);
  });

  it('is served as declared once a gate that does not declare it removes the other one', async () => {
    const { before, after } = await takenUser();
    expect(await readinessOf(after)).toEqual(UNREADY);
    await before.gate.directory.users.remove(SAM[0]);
    expect((await after.signIn(DECLARED_SAM)).scope).toBe('default');
    expect(await readinessOf(after)).toEqual(READY);
  });

  it('cannot be created through another gate once it is declared, and nothing of it ends', async () => {
    const store = await onRedis();
    const [old, declaring] = [aGate(store), aGate({ ...store, users: [john, sam], scopes: RECHECKED })];
    await declaring.gate.ready();
    const tokens = await declaring.signIn(DECLARED_SAM, 'update');
    for (const username of ['sam', 'SAM']) {
      const created = old.gate.directory.users.create({ username, organization: 'johnsorg', password: SAM[1] });
      expect(await rejectionOf(created)).toMatchObject({ code: 'ERR_SCOPEGATE_EXISTS' });
    }
    expect(await old.gate.directory.users.find(SAM[0])).toBeUndefined();
    expect((await declaring.put('/orders/1', tokens.access_token)).status).toBe(200);
    await declaring.signIn(DECLARED_SAM);
    expect((await declaring.token(refreshForm(tokens.refresh_token))).status).toBe(200);
    expect(await readinessOf(declaring)).toEqual(READY);
  });

  it('is refused as well if the names differ only in letters that could be taken for one another', async () => {
    const store = await onRedis();
    const before = aGate(store);
    await before.gate.directory.users.create({ username: 'straße', organization: 'johnsorg', password: SAM[1] });
    const after = aGate({ ...store, users: [{ ...sam, username: 'strasse' }] });
    const error = await rejectionOf(after.gate.ready());
    expect((error as ConfigurationError).message).toContain('gate.directory.users.remove("straße@johnsorg")');
    expect((await after.token(passwordForm(['strasse@johnsorg', sam.password]))).status).toBe(400);
    await after.gate.directory.users.remove('straße@johnsorg');
    await after.gate.ready();
    await after.signIn(['strasse@johnsorg', sam.password]);
  });
});

describe('a declared consumer key that an application has that was created at run time', () => {
  const KEY = 'imported-key';

  const declaring = { name: 'Declared', owner: JOHN[0], consumerKey: KEY, consumerSecret: 'declared-secret' };
  const plain = { ...declaring, consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1] };

  const takenKey = async (declared: Options['applications'] = [plain, declaring]) => {
    const store = await onRedis();
    const before = aGate(store);
    const { applications } = before.gate.directory;
    const { id } = await applications.create({ name: 'Made', owner: JOHN[0] });
    await applications.generateKeys(id, { environment: 'production', clientId: KEY, clientSecret: 'made-secret' });
    const tokens = await before.signIn(JOHN, undefined, [KEY, 'made-secret']);
    return { after: aGate({ ...store, applications: declared }), id, tokens };
  };

  it('keeps the gate from being ready, with an error that names the application and not the key', async () => {
    const { after, id } = await takenKey();
    const error = await rejectionOf(after.gate.ready());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).faults).toEqual([
      {
        path: ['applications', 1, 'consumerKey'],
        problem: `is also the key of an application that was created at run time, so both are refused: remove that application with gate.directory.applications.remove("${id}"), or declare another key`,
      },
    ]);
    expect((error as ConfigurationError).message).not.toContain(KEY);
    expect(await readinessOf(after)).toEqual(UNREADY);
  });

  it('names the sandbox key', async () => {
    const sandbox = { consumerKey: KEY, consumerSecret: 'declared-secret' };
    const { after } = await takenKey([{ ...plain, sandbox }]);
    const error = await rejectionOf(after.gate.ready());
    expect((error as ConfigurationError).faults.map(({ path }) => path)).toEqual([
      ['applications', 0, 'sandbox', 'consumerKey'],
    ]);
  });

  it('is refused, with either secret, even before the conflict is found; other keys are served', async () => {
    const { after, tokens } = await takenKey();
    const attempt = async () => {
      for (const secret of ['made-secret', 'declared-secret']) {
        const credentials: Pair = [KEY, secret];
        expect([401, 503]).toContain((await after.token(passwordForm(JOHN), credentials)).status);
        expect([400, 401]).toContain((await after.token(refreshForm(tokens.refresh_token), credentials)).status);
      }
    };
    await attempt();
    await rejectionOf(after.gate.ready());
    await attempt();
    const introspected = await after.postTo('/introspect', { token: tokens.access_token }, [KEY, 'declared-secret']);
    expect(introspected.status).toBe(401);
    await after.signIn(JOHN);
  });

  it('is served as declared once the other application is removed, whose tokens end', async () => {
    const { after, id, tokens } = await takenKey();
    await rejectionOf(after.gate.ready());
    await after.gate.directory.applications.remove(id);
    await after.gate.ready();
    expect(await readinessOf(after)).toEqual(READY);
    expect((await after.get('/me', tokens.access_token)).status).toBe(401);
    expect((await after.token(refreshForm(tokens.refresh_token), [KEY, 'declared-secret'])).status).toBe(400);
    await after.signIn(JOHN, undefined, [KEY, 'declared-secret']);
  });
});

it('a gate without conflicts is ready, however many records were created at run time', async () => {
  const store = await onRedis();
  const gate = aGate(store);
  await gate.gate.directory.users.create({ username: 'zoe', organization: 'johnsorg', password: 'zoe-password' });
  await gate.gate.ready();
  expect(await readinessOf(gate)).toEqual(READY);
});
