import { join } from 'node:path';
import { BUILD_DEADLINE_MS, buildCommand, fileWith, runCommand, runJson } from '../support/cli/command';
import { aCommandedGate, expectEventually } from '../support/cli/commanded-gate';
import { APPLICATION, JANE, JOHN } from '../support/gate/gate';
import { redisAddress } from '../support/redis/redis';
import { APIS } from '../support/cli/declared-apis';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

const IOREDIS = JSON.stringify(join(__dirname, '../../node_modules/ioredis'));

/** Options that declare what the gates of these tests declare, as the text of an object. */
const optionsText = (prefix: string): string => `{
  issuer: 'http://127.0.0.1',
  redis: new Redis(${JSON.stringify(redisAddress())}),
  prefix: ${JSON.stringify(prefix)},
  scopes: { read: 'See orders', update: { description: 'Change orders', roles: ['clerk'] }, admin: { description: 'Change everything', roles: ['manager'] } },
  organizations: [{ key: 'johnsorg' }],
  users: [{ username: 'john@gmail.com', organization: 'johnsorg', password: 'john-password', roles: ['clerk'] },
    { username: 'jane@gmail.com', organization: 'johnsorg', password: 'jane-password' }],
  apis: ${JSON.stringify(APIS)},
  applications: [{ name: 'Orders app', owner: 'john@gmail.com@johnsorg', consumerKey: 'key', consumerSecret: 'secret', subscriptions: ['orders'] }],
}`;

/** A module in one of the forms in which options are exported. Its client of Redis connects when it is loaded. */
const MODULES: readonly (readonly [form: string, ending: string, text: (prefix: string) => string])[] = [
  ['CommonJS', '.cjs', (prefix) => `const { Redis } = require(${IOREDIS});\nmodule.exports = ${optionsText(prefix)};`],
  [
    'CommonJS with a name',
    '.cjs',
    (prefix) => `const { Redis } = require(${IOREDIS});\nexports.options = ${optionsText(prefix)};`,
  ],
  [
    'compiled TypeScript',
    '.cjs',
    (prefix) =>
      `Object.defineProperty(exports, '__esModule', { value: true });\nconst { Redis } = require(${IOREDIS});\nexports.default = ${optionsText(prefix)};`,
  ],
  [
    'an ES module',
    '.mjs',
    (prefix) =>
      `import { createRequire } from 'node:module';\nconst { Redis } = createRequire(import.meta.url)(${IOREDIS});\nexport default ${optionsText(prefix)};`,
  ],
  [
    'an ES module with a name, whose timer keeps a process alive',
    '.mjs',
    (prefix) =>
      `import { createRequire } from 'node:module';\nconst { Redis } = createRequire(import.meta.url)(${IOREDIS});\nsetInterval(() => {}, 1000);\nexport const options = ${optionsText(prefix)};`,
  ],
];

const withApis = async () => {
  const { tested, store } = await aCommandedGate({
    apis: APIS,
    applications: [{ ...application, subscriptions: ['orders'] }],
  });
  const [, , , prefix = ''] = store;
  return { tested, prefix };
};

const application = { name: 'Orders app', owner: JOHN[0], consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1] };

describe('--options', () => {
  it.each(MODULES)('takes address, prefix and names from %s, and the command ends', async (_form, ending, textOf) => {
    const { tested, prefix } = await withApis();
    const file = fileWith(textOf(prefix), ending);
    expect(await runJson(['applications', 'list', '--options', file])).toMatchObject([
      { id: 'key', name: 'Orders app', declared: true },
    ]);
    const { access_token } = await tested.signIn();
    await runJson(['tokens', 'revoke', '--user', JOHN[0], '--options', file]);
    await expectEventually(401, async () => (await tested.get('/me', access_token)).status);
  });

  it('explains a request without a file of the gateway, and changes nothing', async () => {
    const { tested, prefix } = await withApis();
    const [, ending, textOf] = MODULES[0] ?? ['', '', () => ''];
    const file = fileWith(textOf(prefix), ending);
    const { access_token } = await tested.signIn(JANE, 'read');
    const args = ['explain', '--options', file, '--path', '/orders/1', '--token-file', '-'];
    const allowed = await runCommand([...args, '--method', 'GET'], { input: access_token });
    expect(allowed).toMatchObject({ code: 0, stderr: '' });
    const refused = await runCommand([...args, '--method', 'PUT'], { input: access_token });
    expect(refused).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('update requires the role clerk') as string,
    });
    expect((await tested.get('/me', access_token)).status).toBe(200);
  });

  it('takes JSON, with the address from an option', async () => {
    const { store } = await aCommandedGate();
    const [, , , prefix = ''] = store;
    const file = fileWith(JSON.stringify({ issuer: 'http://127.0.0.1', prefix }), '.json');
    const environment = { REDIS_URL: redisAddress() };
    for (const ended of [
      await runCommand(['users', 'list', '--options', file, '--redis', redisAddress()]),
      await runCommand(['users', 'list', '--options', file], { environment }),
    ]) {
      expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining(JOHN[0]) as string });
    }
  });

  it.each([
    [
      'options with a fault',
      '.cjs',
      "module.exports = { issuer: 'x', deadlin: 5 };",
      /deadlin: .*did you mean "deadline".*\n.*issuer: /s,
    ],
    [
      'a module without options',
      '.cjs',
      'module.exports = () => ({});',
      /exports no options: it must export the options/,
    ],
    ['a module that throws', '.cjs', "throw new Error('s3cret');", /cannot be loaded: Error\. Run the file with node/],
    [
      'a missing package',
      '.mjs',
      "import 'not-installed-at-all';",
      /cannot be loaded: Cannot find package 'not-installed-at-all'/,
    ],
    ['TypeScript', '.ts', 'export default {}', /cannot be loaded/],
    ['JSON with a fault', '.json', '{ "s3cret": ', /cannot be read: it is not valid JSON/],
  ])('prints why %s cannot be used, and exits with 1', async (_what, ending, text, message) => {
    const { code, stdout, stderr } = await runCommand([
      ...['users', 'list', '--redis', redisAddress()],
      ...['--options', fileWith(text, ending)],
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('s3cret');
  });

  it('is wrong use together with --config', async () => {
    const ended = await runCommand(['users', 'list', '--options', 'a.js', '--config', 'b.yaml']);
    expect(ended).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^Give one of --config and --options/) as string,
    });
  });
});
