import { lstatSync, readFileSync, statSync, symlinkSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { aConfiguration, aFile, anApi } from '../../example-gateway/test/support/gateway';
import { BUILD_DEADLINE_MS, buildCommand, fileWith, freshPath, runCommand, runJson } from '../support/cli/command';
import { aCommandedGate, expectEventually } from '../support/cli/commanded-gate';
import { APPLICATION, JOHN, type Pair, type TestGate } from '../support/gate/gate';
import { clientForm } from '../support/tokens/forms';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

interface Keys {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly secretId: string;
}

/** Creates an application of John's with the command. Returns its id. */
const anApplication = async (store: readonly string[]): Promise<string> => {
  const created = await runJson(['applications', 'create', 'Night app', '--owner', JOHN[0], ...store]);
  expect(created).toMatchObject({ name: 'Night app', owner: JOHN[0], organization: 'johnsorg', declared: false });
  return (created as { readonly id: string }).id;
};

const generated = async (id: string, store: readonly string[]): Promise<Keys> =>
  (await runJson(['applications', 'generate-keys', id, '--environment', 'production', ...store])) as Keys;

const statusOf = async ({ token }: TestGate, client: Pair): Promise<number> =>
  (await token(clientForm(), client)).status;

describe('scopegate organizations', () => {
  it('lists, creates, disables, enables and removes organizations', async () => {
    const { tested, store } = await aCommandedGate();
    const created = await runJson(['organizations', 'create', 'Acme', '--name', 'Acme Inc.', ...store]);
    expect(created).toEqual({ key: 'acme', name: 'Acme Inc.', enabled: true, declared: false });
    await runJson(['users', 'create', 'kim@acme', ...store], { input: 'kims-own-password' });
    const { id } = (await runJson(['applications', 'create', 'App', '--owner', 'kim@acme', ...store])) as {
      id: string;
    };
    const { clientId, clientSecret } = await generated(id, store);
    const signIn = () => tested.signIn(['kim@acme', 'kims-own-password'], 'read', [clientId, clientSecret]);
    const { access_token } = await signIn();
    expect((await runCommand(['organizations', 'list', ...store])).stdout).toBe(
      [
        'KEY       NAME       STATE    SOURCE',
        'acme      Acme Inc.  enabled  created',
        'johnsorg  -          enabled  declared',
        '',
      ].join('\n'),
    );
    await runJson(['organizations', 'disable', 'acme', ...store]);
    await expectEventually(401, async () => (await tested.get('/me', access_token)).status);
    await runJson(['organizations', 'enable', 'acme', ...store]);
    await signIn();
    const { code, stdout } = await runCommand(['organizations', 'remove', 'acme', ...store]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'The organization acme is removed\n' });
    expect(await runJson(['organizations', 'list', ...store])).toHaveLength(1);
  });

  it('explains how to change a declared organization', async () => {
    const { store } = await aCommandedGate();
    const { code, stderr } = await runCommand(['organizations', 'disable', 'johnsorg', ...store]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('declared: change it in the options and restart or reload the gates') as string,
    });
  });

  it('ends the tokens of a declared organization', async () => {
    const { tested, store } = await aCommandedGate();
    const { access_token } = await tested.signIn();
    await runJson(['tokens', 'revoke', '--organization', 'johnsorg', ...store]);
    await expectEventually(401, async () => (await tested.get('/me', access_token)).status);
  });
});

describe('scopegate applications generate-keys', () => {
  it('prints a secret once, with which a running gate issues tokens, until it is revoked', async () => {
    const { tested, store } = await aCommandedGate();
    const id = await anApplication(store);
    const first = await generated(id, store);
    const client: Pair = [first.clientId, first.clientSecret];
    expect(await statusOf(tested, client)).toBe(200);
    const { code, stdout, stderr } = await runCommand([
      ...['applications', 'generate-keys', first.clientId, '--environment', 'production', '--label', 'second'],
      ...store,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [, second = ''] = /^consumer secret: (\S+)$/m.exec(stdout) ?? [];
    expect(await statusOf(tested, [first.clientId, second])).toBe(200);

    const shown = await runCommand(['applications', 'show', first.clientId, ...store]);
    expect(shown.stdout).toMatch(/^name: +Night app$/m);
    expect(shown.stdout).toMatch(
      new RegExp(`^${first.secretId} +production +${first.clientSecret.slice(-4)} +- `, 'm'),
    );
    expect(shown.stdout).toMatch(new RegExp(` +production +${second.slice(-4)} +second `, 'm'));
    expect(shown.stdout).not.toContain(second);
    await runJson(['applications', 'revoke-secret', id, '--secret', first.secretId, ...store]);
    await expectEventually(401, () => statusOf(tested, client));
    expect(await statusOf(tested, [first.clientId, second])).toBe(200);
    await runJson(['applications', 'remove', id, ...store]);
    await expectEventually(401, () => statusOf(tested, [first.clientId, second]));
  });

  it('writes the secret into a new file that only its owner can read, and does not print it', async () => {
    const { tested, store } = await aCommandedGate();
    const id = await anApplication(store);
    const out = freshPath();
    const args = ['applications', 'generate-keys', id, '--environment', 'production', '--out', out, ...store];
    const printed = await runJson(args);
    expect(printed).toMatchObject({ secretFile: out });
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const secret = readFileSync(out, 'utf8').trimEnd();
    expect(JSON.stringify(printed)).not.toContain(secret);
    expect(await statusOf(tested, [(printed as Keys).clientId, secret])).toBe(200);
  });

  it('neither overwrites a file nor follows a link, and generates no secret then', async () => {
    const { tested, store } = await aCommandedGate();
    const id = await anApplication(store);
    const [existing, link, target] = [fileWith('mine'), freshPath(), freshPath()];
    symlinkSync(target, link);
    for (const out of [existing, link, join(freshPath(), 'none')]) {
      const ended = await runCommand([
        ...['applications', 'generate-keys', id, '--environment', 'production', '--out', out],
        ...store,
      ]);
      expect(ended).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(/^The file of --out/) as string,
      });
    }
    expect(readFileSync(existing, 'utf8')).toBe('mine');
    expect(lstatSync(link).isSymbolicLink() && !existsSync(target)).toBe(true);
    expect((await tested.gate.directory.applications.find(id))?.keys).toEqual({});
    const unknown = freshPath();
    await runCommand(['applications', 'generate-keys', 'x', '--environment', 'sandbox', '--out', unknown, ...store]);
    expect(existsSync(unknown)).toBe(false);
  });

  it('imports the key pair of an existing system', async () => {
    const { tested, store } = await aCommandedGate();
    const id = await anApplication(store);
    const secret = fileWith('secret-of-another-system\n');
    await runJson([
      ...['applications', 'generate-keys', id, '--environment', 'production'],
      ...['--consumer-key', 'imported-key', '--secret-file', secret],
      ...store,
    ]);
    expect(await statusOf(tested, ['imported-key', 'secret-of-another-system'])).toBe(200);
  });

  it('explains how to change the secret of a declared application', async () => {
    const { store } = await aCommandedGate();
    const key = APPLICATION[0];
    const ended = await runCommand(['applications', 'generate-keys', key, '--environment', 'production', ...store]);
    expect(ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('change its consumerSecret') as string,
    });
  });
});

describe('scopegate applications subscribe', () => {
  it('subscribes to an API of the gateway file, and ends the subscription', async () => {
    const { store } = await aCommandedGate();
    const id = await anApplication(store);
    const file = aFile(JSON.stringify(aConfiguration()));
    const args = ['applications', 'subscribe', id, '--api', 'orders'];
    expect(await runJson([...args, '--config', file, ...store])).toMatchObject({ subscriptions: ['orders'] });
    const unknown = await runCommand(['applications', 'subscribe', id, '--api', 'order', '--config', file, ...store]);
    expect(unknown).toMatchObject({ code: 1, stderr: 'There is no API of this name. Did you mean orders?\n' });
    const without = await runCommand([...args, ...store]);
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('add --config FILE') as string });
    const ended = await runJson(['applications', 'unsubscribe', id, '--api', 'orders', ...store]);
    expect(ended).toMatchObject({ subscriptions: [] });
  });

  it('takes a plan of the API, and changes that of a subscription', async () => {
    const { store } = await aCommandedGate();
    const id = await anApplication(store);
    const plans = { free: { requests: 10, per: 60 }, partner: { requests: 100, per: 60 } };
    const orders = { ...anApi('http://127.0.0.1:9001'), plans: ['free', 'partner'] };
    const file = aFile(JSON.stringify(aConfiguration({ plans, apis: { orders } })));
    const subscribe = ['applications', 'subscribe', id, '--api', 'orders', '--config', file, ...store];
    expect(await runJson(subscribe)).not.toHaveProperty('plans');
    expect(await runJson([...subscribe, '--plan', 'partner'])).toMatchObject({ plans: { orders: 'partner' } });
    expect((await runCommand(subscribe)).stdout).toContain('has subscribed to orders with the plan partner\n');
    expect(await runCommand([...subscribe, '--plan', 'partners'])).toMatchObject({
      code: 1,
      stderr: 'The API has no such plan. Did you mean partner?\n',
    });
    for (const words of [['show', id], ['list']]) {
      const { stdout } = await runCommand(['applications', ...words, ...store]);
      expect(stdout).toContain('orders (plan partner)');
    }
    const change = ['applications', 'change-plan', id, '--api', 'orders', '--config', file, ...store];
    expect(await runJson([...change, '--plan', 'free'])).toMatchObject({ plans: { orders: 'free' } });
    await runJson(['applications', 'unsubscribe', id, '--api', 'orders', ...store]);
    expect(await runCommand([...change, '--plan', 'partner'])).toMatchObject({
      code: 1,
      stderr: 'The application has no such subscription\n',
    });
  });
});

describe('scopegate users', () => {
  it('sets the roles of a user and removes the user', async () => {
    const { tested, store } = await aCommandedGate();
    await runJson(['users', 'create', 'kim@johnsorg', ...store], { input: 'kims-own-password' });
    const { access_token } = await tested.signIn(['kim@johnsorg', 'kims-own-password']);
    expect(await runJson(['users', 'set-roles', 'kim@johnsorg', '--roles', 'clerk', ...store])).toMatchObject({
      roles: ['clerk'],
    });
    await expectEventually(401, async () => (await tested.get('/me', access_token)).status);
    await runJson(['users', 'remove', 'kim@johnsorg', ...store]);
    expect(await tested.gate.directory.users.find('kim@johnsorg')).toBeUndefined();
  });

  it('creates no user outside of the organizations that gates declare', async () => {
    const { store } = await aCommandedGate();
    for (const name of ['kim', 'kim@johnsorgs']) {
      const ended = await runCommand(['users', 'create', name, ...store], { input: 'kims-own-password' });
      expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('NAME must end with @') as string });
    }
  });
});

describe('a misspelt name', () => {
  it.each([
    ['a user', ['users', 'disable', 'jonh@gmail.com@johnsorg'], `Did you mean ${JOHN[0]}?`],
    ['a user without the organization', ['users', 'enable', 'john@gmail.com'], `Did you mean ${JOHN[0]}?`],
    ['a user whose tokens end', ['tokens', 'revoke', '--user', 'jon@gmail.com@johnsorg'], `Did you mean ${JOHN[0]}?`],
    ['an application', ['applications', 'disable', 'kay'], 'Did you mean key?'],
    ['an organization', ['tokens', 'revoke', '--organization', 'jonsorg'], 'Did you mean johnsorg?'],
  ])('of %s gets the question whether a similar one is meant', async (_what, args, question) => {
    const { store } = await aCommandedGate();
    const { code, stderr } = await runCommand([...args, ...store]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(question) as string });
  });
});

describe('scopegate applications rename', () => {
  it('changes the name, and set-description the description', async () => {
    const { store } = await aCommandedGate();
    const id = await anApplication(store);
    expect(await runJson(['applications', 'rename', id, '--name', 'Day app', ...store])).toMatchObject({
      name: 'Day app',
    });
    const describe = ['applications', 'set-description', id, '--description'];
    expect(await runJson([...describe, 'By day', ...store])).toMatchObject({ description: 'By day' });
    expect((await runCommand(['applications', 'show', id, ...store])).stdout).toMatch(/^description: +By day$/m);
    expect(await runJson([...describe, 'none', ...store])).not.toHaveProperty('description');
    const declared = await runCommand(['applications', 'rename', APPLICATION[0], '--name', 'Other', ...store]);
    expect(declared).toMatchObject({ code: 1, stderr: expect.stringContaining('is declared') as string });
  });
});

describe('scopegate applications requests', () => {
  it('lists what waits for approval, and approve and reject decide about it', async () => {
    const resources = [{ path: '/', methods: ['GET'] }];
    const { tested, store } = await aCommandedGate({ apis: { reports: { resources }, stock: { resources } } });
    const { applications } = tested.gate.directory;
    const id = await anApplication(store);
    const orders = anApi('http://127.0.0.1:9001');
    const apis = [
      '--config',
      aFile(JSON.stringify(aConfiguration({ apis: { orders, reports: { ...orders, context: '/reports' } } }))),
    ];
    for (const api of ['reports', 'stock']) await applications.request(id, api, { by: JOHN[0] });
    const requests = (await runJson(['applications', 'requests', ...store])) as readonly { readonly id: string }[];
    expect(requests).toMatchObject([
      { api: 'reports', application: { id, name: 'Night app' }, requestedBy: JOHN[0] },
      { api: 'stock', application: { id } },
    ]);
    const { stdout } = await runCommand(['applications', 'requests', ...store]);
    expect(stdout).toMatch(
      new RegExp(`^${requests[0]?.id} +Night app +${id} +${JOHN[0]} +reports +- +${JOHN[0]} +20`, 'm'),
    );

    const approve = ['applications', 'approve', id, '--api', 'reports'];
    expect((await runCommand([...approve, ...store])).code).toBe(2);
    const other = await runCommand([...approve, '--request', 'replaced', ...apis, ...store]);
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('no such pending request') as string });
    const approved = await runCommand([...approve, '--request', requests[0]?.id ?? '', ...apis, ...store]);
    expect(approved.stdout).toBe('The subscription of the application Night app to reports is approved\n');
    const reject = ['applications', 'reject', id, '--api', 'stock', '--reason', 'Ask first'];
    expect(await runJson([...reject, ...store])).toMatchObject({
      subscriptions: ['reports'],
      requests: [{ api: 'stock', rejected: { reason: 'Ask first' } }],
    });
    expect(await runJson(['applications', 'requests', ...store])).toEqual([]);
    expect((await runCommand([...reject, ...store])).code).toBe(1);
  });
});

describe('scopegate users invite, users reset-link and sign-ups', () => {
  it('print a code that works once, and decide about sign-ups', async () => {
    const { tested, store } = await aCommandedGate();
    const { passwordLinks, signUps, users } = tested.gate.directory;
    const invited = (await runJson(['users', 'invite', 'kim@johnsorg', '--roles', 'clerk', ...store])) as {
      code: string;
    };
    expect(invited).toMatchObject({ username: 'kim@johnsorg', roles: ['clerk'], awaits: 'password' });
    expect((await runCommand(['users', 'list', ...store])).stdout).toMatch(/kim@johnsorg +clerk +invited +created/);
    await passwordLinks.redeem(invited.code, 'kims-own-password');
    const { stdout } = await runCommand(['users', 'reset-link', 'kim@johnsorg', ...store]);
    const code = /^code: +(sgl_\S+)$/m.exec(stdout)?.[1] ?? '';
    await passwordLinks.redeem(code, 'kims-new-password');
    await tested.signIn(['kim@johnsorg', 'kims-new-password'], 'update');
    expect((await runCommand(['users', 'reset-link', JOHN[0], ...store])).code).toBe(1);
    for (const username of ['zoe', 'max']) {
      await signUps.create({ username, organization: 'johnsorg', password: 'own-password' });
    }
    expect(await runJson(['sign-ups', 'list', ...store])).toHaveLength(2);
    await runJson(['sign-ups', 'approve', 'zoe@johnsorg', ...store]);
    await runJson(['sign-ups', 'reject', 'max@johnsorg', ...store]);
    expect(await runJson(['sign-ups', 'list', ...store])).toEqual([]);
    expect(await users.find('zoe@johnsorg')).toMatchObject({ enabled: true });
    expect(await users.find('max@johnsorg')).toBeUndefined();
  });
});
