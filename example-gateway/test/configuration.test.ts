import pino from 'pino';
import { readConfiguration } from '../src/configuration/configuration';
import { startGateway } from '../src/gateway';
import { faultsOf, faultsWith, read } from './support/faults';
import { aConfiguration, aFile, aGateway, anApi, anApplication, refusalOf } from './support/gateway';
import { echoUpstream } from './support/upstream';

const WHOLE = `
listen: { host: 127.0.0.1, port: 0 }
scopes:
  read: { description: See orders }
apis:
  orders:
    upstream: http://127.0.0.1:9001
    resources:
      - { path: /, methods: [GET], scopes: [read] }
organizations:
  - { key: johnsorg, name: John's organization }
users:
  - { username: john@gmail.com, organization: johnsorg, password: "\${JOHN_PASSWORD}" }
applications:
  - name: Orders app
    owner: john@gmail.com@johnsorg
    consumerKey: key
    consumerSecret: secret
`;

const JOHN = { JOHN_PASSWORD: 'p' };

describe('a faulty file', () => {
  it('is reported with line, column and key', async () => {
    expect(await faultsOf(WHOLE.replace('scopes: [read]', 'scopes: [read, reed]'), JOHN)).toEqual([
      '9:51: apis.orders.resources[0].scopes[1]: is "reed"; did you mean "read"?',
    ]);
  });

  it('is reported once for each variable that is not set, and not for the value that is missing', async () => {
    const text = WHOLE.replace('port: 0', 'port: "${PORT_OF_TEST}"')
      .replace('http://127.0.0.1:9001', '"http://${HOST_OF_TEST}:${OTHER_OF_TEST}"')
      .replace('organizations:', 'redis: "${REDIS_OF_TEST}"\norganizations:');
    const faults = await faultsOf(text, JOHN);
    expect(faults.map((fault) => fault.replace(/^[\d:]+ /, ''))).toEqual([
      'listen.port: needs the environment variable PORT_OF_TEST, which is not set',
      'apis.orders.upstream: needs the environment variable HOST_OF_TEST, which is not set',
      'apis.orders.upstream: needs the environment variable OTHER_OF_TEST, which is not set',
      'redis: needs the environment variable REDIS_OF_TEST, which is not set',
    ]);
  });

  it('is reported with all of its faults, in the order of the file', async () => {
    const text = WHOLE.replace('port: 0', 'port: 99999')
      .replace('    upstream: http://127.0.0.1:9001\n', '')
      .replace('    consumerKey: key\n', '')
      .replace('users:', 'userz: []\nusers:');
    const faults = await faultsOf(text);
    expect(faults).toEqual([
      '2:28: listen.port: must be a port from 0 to 65535; 0 means any free port',
      expect.stringMatching(/^6:3: apis\.orders\.upstream: is missing: it must be an http or https address/),
      '11:1: userz: is unknown; did you mean "users"?',
      '13:57: users[0].password: needs the environment variable JOHN_PASSWORD, which is not set',
      expect.stringMatching(/^15:5: applications\[0\]\.consumerKey: is missing: it must be /),
    ]);
  });

  it('does not start the gateway', async () => {
    const upstream = await echoUpstream();
    const file = aFile(JSON.stringify(aConfiguration({ apis: { orders: anApi(upstream.url) }, portal: 'store' })));
    const handles = process.getActiveResourcesInfo().filter((name) => /TCP|Server/.test(name)).length;
    await refusalOf(() => startGateway({ file, environment: {}, logger: pino({ level: 'silent' }) }));
    expect(process.getActiveResourcesInfo().filter((name) => /TCP|Server/.test(name)).length).toBe(handles);
  });

  it.each([
    ['a duplicate key', 'scopes: {}\nscopes: {}\n', '2:1: scopes: is a duplicate; keep one of them'],
    ['a duplicate nested key', 'apis:\n  a: {}\n  a: {}\n', '3:3: a: is a duplicate; keep one of them'],
    ['an unterminated text', 'issuer: "http\n', '2:1: not YAML: Missing closing "quote'],
    ['tabs for indentation', 'listen:\n\tport: 1\n', '2:1: not YAML: Tabs are not allowed as indentation'],
    ['an unterminated list', 'users: [\n', expect.stringMatching(/^\d:\d+: not YAML: Flow sequence/)],
    [
      'an undefined alias',
      'users: *nobody\n',
      '1:8: refers to no anchor in this file; put text that begins with * in quotes',
    ],
    ['a tag', 'users: !evil []\n', expect.stringMatching(/^1:8: not YAML: Unresolved tag/)],
    [
      'two documents',
      'scopes: {}\n---\nscopes: {}\n',
      expect.stringMatching(/^2:1: not YAML: Source contains multiple documents/),
    ],
    ['a key that is a list', '? [a]\n: 1\n', '1:3: a key must be a plain string'],
    ['nothing', '', '1:1: the file: must be a map with keys such as listen, scopes and apis'],
    ['a list', '- a\n', '1:1: the file: must be a map with keys such as listen, scopes and apis'],
  ])('is reported if it is not YAML or not a map: %s', async (_, text, expected) => {
    expect(await faultsOf(text)).toEqual([expected]);
  });

  it('is reported with the correct syntax for a reference inside braces', async () => {
    const [fault] = await faultsOf('listen: { port: ${PORT} }\n', { PORT: '1' });
    expect(fault).toMatch(/^1:18: not YAML: .*; put a \$\{NAME\} inside \{ \} or \[ \] in quotes$/);
  });

  it('is reported without values that may be secrets', async () => {
    const faults = await faultsOf('users: [{ password: "abc" s3cret }]\n');
    expect(faults.join()).not.toContain('s3cret');
  });

  it('is reported if it does not exist', async () => {
    const messages = await refusalOf(() => readConfiguration('/nowhere/gateway.yaml', {}));
    expect(messages).toEqual(['/nowhere/gateway.yaml: there is no such file']);
  });

  it('is reported if its aliases expand without end', async () => {
    const names = 'abcdefghij'.split('');
    const text = names.map(
      (name, index) =>
        `${name}: &${name} [${
          index === 0
            ? 'x'
            : Array(9)
                .fill(`*${names[index - 1]}`)
                .join(', ')
        }]`,
    );
    expect(await faultsOf(`${text.join('\n')}\n`)).toContain('1:1: the file: expands its aliases too often');
  });

  it.each([
    [{ errors: 'xml' }, 'errors: is "xml"; known are oauth, wso2'],
    [{ apis: { orders: anApi('demo:orders', { sandbox: true }) } }, /^apis\.orders\.sandbox: must be an http or https/],
    [{ metrics: true }, 'metrics: must be a map; known keys are host, port'],
    [{ metrics: { prot: 9464 } }, 'metrics.prot: is unknown; did you mean "port"?'],
    [{ metrics: { port: 99999 } }, 'metrics.port: must be a port from 0 to 65535; 0 means any free port'],
    [{ metrics: { host: '' } }, 'metrics.host: must be a host name or an address such as 127.0.0.1'],
    [{ paths: { revoke: '/token' } }, 'paths.revoke: is the path of another endpoint already: /token'],
    [
      { scopes: { read: { description: 'See', recheckRoles: true }, update: { description: 'Change' } } },
      'scopes.read.recheckRoles: needs roles to check; give the scope some',
    ],
    [
      { applications: [anApplication({ sandbox: { consumerKey: 'key', consumerSecret: 's' } })] },
      'applications[0].sandbox.consumerKey: is a duplicate',
    ],
    [{ apis: { orders: anApi('demo:books') } }, /^apis\.orders\.upstream: must be an http or https address/],
    [{ apis: { orders: anApi('ftp://a/') } }, /^apis\.orders\.upstream: must be/],
    [{ apis: { orders: anApi('http://user:pw@a/') } }, /^apis\.orders\.upstream: must be/],
    [{ apis: { orders: anApi('http://a:99999/') } }, /^apis\.orders\.upstream: must be/],
    [
      { apis: { orders: anApi('demo:orders', { upsteam: 'x' }) } },
      'apis.orders.upsteam: is unknown; did you mean "upstream"?',
    ],
    [{ listen: { prot: 1 } }, 'listen.prot: is unknown; did you mean "port"?'],
    [{ listen: { port: '80' } }, 'listen.port: must be a port from 0 to 65535; 0 means any free port'],
    [{ listen: 8080 }, 'listen: must be a map; known keys are host, port, tls'],
    [{ listen: { host: 'a b' } }, 'listen.host: must be a host name or an address such as 127.0.0.1'],
    [{ listen: { tls: { cert: 'no.pem', key: 'no.pem' } } }, /^listen\.tls\.cert: names no\.pem, which cannot be read/],
    [{ redis: 'localhost' }, /^redis: must be redis:\/\/host:port/],
    [{ logger: {} }, /^logger: is unknown/],
    [{ issuer: 'ftp://x' }, /^issuer: must be an http or https address/],
    [{ tokens: { accessTokenLifetime: 0 } }, /^tokens\.accessTokenLifetime: must be a whole number of seconds/],
    [{ zzz: 1 }, /^zzz: is unknown; known are listen, redis, /],
  ])('is reported with what is wrong: %j', async (keys, expected) => {
    const [first] = await faultsWith(keys);
    expect(first).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  });

  it('is reported if it names subscriptions or grant types that do not exist', async () => {
    const application = anApplication({ subscriptions: ['order'], grantTypes: ['passwort'] });
    expect(await faultsWith({ applications: [application] })).toEqual([
      expect.stringMatching(/^applications\[0\]\.subscriptions\[0\]: .*did you mean "orders"/),
      expect.stringMatching(/^applications\[0\]\.grantTypes\[0\]: .*did you mean "password"/),
    ]);
  });

  it('is reported if a number is given for a text', async () => {
    const faults = await faultsWith({
      users: [{ username: 'john@gmail.com', organization: 'johnsorg', password: 12345 }],
    });
    expect(faults[0]).toMatch(/^users\[0\]\.password: must be .*; YAML reads it as a number, so put it in quotes$/);
  });
});

describe('a valid file', () => {
  it('takes values from the environment, whole or in part', () => {
    const text = WHOLE.replace('http://127.0.0.1:9001', 'http://${HOST}:${UPSTREAM_PORT}/v1');
    const { apis, options } = read(text, { ...JOHN, HOST: 'orders.internal', UPSTREAM_PORT: '81' });
    expect(apis).toMatchObject([
      {
        name: 'orders',
        context: '/orders',
        upstream: { kind: 'servers', urls: [new URL('http://orders.internal:81/v1')] },
      },
    ]);
    expect(options).toHaveProperty('users.0.password', 'p');
  });

  it('takes numbers and switches from the environment for keys that need them', () => {
    const text = WHOLE.replace('port: 0', 'port: "${PORT}"').concat(
      'tokens:\n  accessTokenLifetime: ${LIFETIME}\nrequireTls: ${TLS}\nredisMayEvict: ${MAY_EVICT}\n',
    );
    const switches = { TLS: 'false', MAY_EVICT: 'true' };
    const { listen, options } = read(text, { ...JOHN, ...switches, PORT: '9000', LIFETIME: '60' });
    expect(listen.port).toBe(9000);
    expect(options).toMatchObject({
      tokens: { accessTokenLifetime: 60 },
      requireTls: false,
      redisMayEvict: true,
    });
  });

  it('keeps a password of digits as text, and does not expand references inside the value of a variable', () => {
    expect(read(WHOLE, { JOHN_PASSWORD: '123456' }).options).toHaveProperty('users.0.password', '123456');
    expect(read(WHOLE, { JOHN_PASSWORD: 'a${HOME}: "b"' }).options).toHaveProperty('users.0.password', 'a${HOME}: "b"');
  });

  it('does not support default values for variables', async () => {
    const [fault] = await faultsOf(WHOLE.replace('${JOHN_PASSWORD}', '${JOHN_PASSWORD:-p}'), JOHN);
    expect(fault).toMatch(
      /users\[0\]\.password: has a reference that is not of the form \$\{NAME\}, .*defaults are not supported$/,
    );
  });

  it('may be JSON, with or without tabs', () => {
    for (const indent of ['\t', 2, undefined]) {
      expect(read(JSON.stringify(aConfiguration(), null, indent)).apis).toMatchObject([
        { name: 'orders', context: '/orders' },
      ]);
    }
  });

  it('may omit where to listen, and may have keys without a value', () => {
    const { listen, redis, issuer } = read(WHOLE.replace(/^listen.*$/m, 'redis:\ntokens:'), JOHN);
    expect({ listen, redis, issuer }).toEqual({
      listen: { host: '127.0.0.1', port: 8080, tls: undefined },
      redis: undefined,
      issuer: undefined,
    });
  });

  it('may use anchors', () => {
    const text = WHOLE.replace(
      'scopes: [read] }',
      'scopes: &r [read] }\n      - { path: /:id, methods: [GET], scopes: *r }',
    );
    expect(read(text, JOHN).options).toHaveProperty('apis.orders.resources.1.scopes', ['read']);
  });

  it('reads `true` from the environment as a switch or as a scope name, depending on the key', () => {
    const scopes = {
      recheckRoles: '${NAMED}',
      update: { roles: ['clerk'], recheckRoles: '${ON}' },
    };
    const resources = [{ path: '/', methods: ['GET'], public: '${ON}' }];
    const keys = {
      scopes,
      apis: { orders: anApi('demo:orders', { resources }) },
      applications: [anApplication({ introspect: '${ON}' })],
    };
    expect(read(JSON.stringify(aConfiguration(keys)), { ON: 'true', NAMED: 'true' }).options).toMatchObject({
      scopes: { recheckRoles: 'true', update: { recheckRoles: true } },
      apis: { orders: { resources: [{ public: true }] } },
      applications: [{ introspect: true }],
    });
  });

  it('accepts every form of a Redis address', () => {
    for (const redis of [
      'redis://127.0.0.1:6379',
      'redis://:pw@redis:6379/2',
      'rediss://a.example.com',
      '/run/redis.sock',
      'unix:///run/r.sock',
    ]) {
      expect(read(JSON.stringify(aConfiguration({ redis }))).redis).toBe(redis);
    }
  });
});

describe('the listening address', () => {
  it('is reported when the port is in use', async () => {
    const gateway = await aGateway();
    const messages = await refusalOf(() => aGateway({ port: gateway.port }));
    expect(messages).toEqual([
      `cannot listen on 127.0.0.1:${gateway.port}: the port is in use; choose another with --port`,
    ]);
  });

  it('may be an IPv6 address', async () => {
    const gateway = await aGateway({ keys: { listen: { host: '::1', port: 0 } } });
    expect(gateway.url).toBe(`http://[::1]:${gateway.port}`);
    expect((await fetch(`${gateway.url}/orders/health`)).status).toBe(200);
  });

  it('is the issuer and the realm, unless the file sets them', async () => {
    const gateway = await aGateway();
    const challenge = (await fetch(`${gateway.url}/orders`)).headers.get('www-authenticate');
    expect(challenge).toMatch(new RegExp(`^Bearer realm="127\\.0\\.0\\.1:${gateway.port}", `));
    const named = await aGateway({ keys: { issuer: 'http://api.example.com' } });
    const other = (await fetch(`${named.url}/orders`)).headers.get('www-authenticate');
    expect(other).toMatch(/^Bearer realm="api\.example\.com", /);
  });
});
