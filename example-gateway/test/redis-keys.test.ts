import { Cluster, Redis } from 'ioredis';
import { redisAt } from '../src/redis';
import { faultsOf, read } from './support/faults';
import { aConfiguration, aFile } from './support/gateway';

const SERVER = '{ host: 10.0.0.1, port: 26379 }';
const SECRET = 's3cret';

const WRONG: readonly (readonly [what: string, value: string, fault: string])[] = [
  [
    'neither',
    '{ name: mymaster }',
    '2:1: redis: must be an address, or a map with url, with sentinels and name, or with cluster',
  ],
  [
    'both',
    `{ sentinels: [${SERVER}], cluster: [${SERVER}] }`,
    '2:1: redis: has both sentinels and cluster; keep one of them',
  ],
  [
    'Sentinels without a name',
    `{ sentinels: [${SERVER}] }`,
    '2:1: redis.name: is missing: it must be the name that the Sentinels give the primary, such as mymaster',
  ],
  [
    'a URL with credentials',
    `{ url: "redis://:${SECRET}@10.0.0.1" }`,
    '2:10: redis.url: has credentials; write them as username and password',
  ],
  ['a URL of another kind', '{ url: "http://10.0.0.1" }', '2:10: redis.url: must be redis://host:port'],
  ['an unset URL', '{ url: }', '2:10: redis.url: must be redis://host:port'],
  ['a URL and a Cluster', `{ url: redis://a, cluster: [${SERVER}] }`, 'redis.cluster: is unknown; known are url'],
  ['a misspelt key', `{ sentinels: [${SERVER}], name: a, passwort: ${SECRET} }`, 'did you mean "password"?'],
  [
    'a key of Sentinels in a Cluster',
    `{ cluster: [${SERVER}], db: 1 }`,
    '2:54: redis.db: is unknown; known are cluster',
  ],
  ['a list without addresses', '{ cluster: [] }', '2:10: redis.cluster: must be a list of 1 to 100 addresses'],
  ['one address in place of a list', `{ cluster: ${SERVER} }`, '2:10: redis.cluster: must be a list of 1 to 100'],
  ['an address as text', '{ cluster: ["10.0.0.1:6379"] }', '2:20: redis.cluster[0]: must be a map with host and port'],
  ['no host', '{ cluster: [{ port: 1 }] }', '2:20: redis.cluster[0].host: must be a host name or an address'],
  ['port 0', '{ cluster: [{ host: a, port: 0 }] }', '2:31: redis.cluster[0].port: must be a port from 1 to 65535'],
  ['a port above 65535', '{ cluster: [{ host: a, port: 65536 }] }', 'must be a port from 1 to 65535'],
  [
    'a password of digits',
    `{ cluster: [${SERVER}], password: 4711 }`,
    'redis.password: must be a string, "${NAME}", or { file: path }, and not empty; YAML reads it as a number, so put it in quotes',
  ],
  ['an empty password', `{ cluster: [${SERVER}], password: "" }`, 'redis.password: must be a string'],
  ['a password as a list', `{ cluster: [${SERVER}], password: [${SECRET}] }`, 'redis.password: must be a string'],
  ['a password as a map', `{ cluster: [${SERVER}], password: { value: ${SECRET} } }`, 'redis.password: must be a'],
  [
    'a database by name',
    `{ sentinels: [${SERVER}], name: a, db: first }`,
    'redis.db: must be the number of a database',
  ],
  [
    'tls as text',
    `{ cluster: [${SERVER}], tls: "yes" }`,
    'redis.tls: must be true, or a map; known keys are ca, cert, key',
  ],
  [
    'a CA that does not exist',
    `{ cluster: [${SERVER}], tls: { ca: no.pem } }`,
    'redis.tls.ca: names no.pem, which cannot be read',
  ],
  [
    'a certificate without its key',
    `{ cluster: [${SERVER}], tls: { cert: a.pem } }`,
    'must have both cert and key, or neither',
  ],
];

describe('an error in redis', () => {
  it.each(WRONG)('is a fault with line, column and key: %s', async (_what, value, expected) => {
    const faults = await faultsOf(`listen: { port: 0 }\nredis: ${value}\n`);
    expect(faults).toEqual([expect.stringContaining(expected)]);
    expect(faults.join()).toMatch(/^2:\d+: redis/);
    expect(faults.join()).not.toMatch(new RegExp(`${SECRET}|4711`));
  });

  it('is one fault if its variable is not set', async () => {
    const faults = await faultsOf(`redis: { cluster: [${SERVER}], password: "\${PASSWORD}" }\n`);
    expect(faults).toEqual(['1:54: redis.password: needs the environment variable PASSWORD, which is not set']);
  });

  it('is a fault if a certificate file has something else', async () => {
    const file = aFile(`-----BEGIN CERTIFICATE-----\n${SECRET}\n-----END CERTIFICATE-----\n`, 'broken.pem');
    const faults = await faultsOf(`redis: { cluster: [${SERVER}], tls: { ca: ${file} } }\n`);
    expect(faults).toEqual([expect.stringMatching(/^1:\d+: redis\.tls: names files that are not PEM certificates/)]);
  });
});

describe('a secret from a file', () => {
  const withPassword = (file: string): string => `redis: { cluster: [${SERVER}], password: { file: ${file} } }\n`;

  it('is the text of the file without the line break at its end', () => {
    const file = aFile(`${SECRET} \r\n`, 'with-line-break');
    expect(read(withPassword(file)).redis).toMatchObject({ password: `${SECRET} ` });
  });

  it('may be named relative to the gateway file, for users and applications as well', () => {
    aFile('secret-from-a-file', 'relative');
    const configuration = aConfiguration({
      users: [{ username: 'ana', password: { file: './relative' } }],
      applications: [{ name: 'a', owner: 'ana', consumerKey: 'k', consumerSecret: { file: 'relative' } }],
      organizations: [],
    });
    const { options } = read(JSON.stringify(configuration));
    expect(options).toMatchObject({
      users: [{ password: 'secret-from-a-file' }],
      applications: [{ consumerSecret: 'secret-from-a-file' }],
    });
  });

  it.each([
    ['does not exist', () => 'no-such-file', /names no-such-file, which cannot be read \(ENOENT\); paths are relative/],
    ['is empty', () => aFile('\n', 'empty-secret'), /names .*empty-secret, which is empty$/],
    [
      'has several lines',
      () => aFile(`${SECRET}\n${SECRET}\n`, 'lines'),
      /names .*lines, which has more than one line$/,
    ],
    ['has a number in place of its name', () => '4711', /must be a string, "\$\{NAME\}", or \{ file: path \}$/],
  ])('is a fault if it %s', async (_what, file, expected) => {
    const faults = await faultsOf(withPassword(file()));
    expect(faults[0]).toMatch(expected);
    expect(faults[0]).toMatch(/^1:\d+: redis\.password: /);
    expect(faults).toHaveLength(1);
    expect(faults.join()).not.toContain(SECRET);
  });
});

describe('the client of a valid redis', () => {
  const clientOf = (value: string, environment: Readonly<Record<string, string>> = {}) => {
    const { redis } = read(`redis: ${value}\n`, environment);
    const client = redis === undefined ? undefined : redisAt(redis);
    client?.disconnect();
    return client;
  };

  it('asks the Sentinels over TLS as well', () => {
    const client = clientOf(
      '{ sentinels: [{ host: a }, { host: "[::1]", port: "${PORT}" }], name: m, sentinelPassword: p, db: 3, tls: true }',
      { PORT: '5000' },
    );
    if (!(client instanceof Redis)) throw new Error('no Sentinel client');
    expect(client.options).toMatchObject({
      sentinels: [
        { host: 'a', port: 26379 },
        { host: '::1', port: 5000 },
      ],
      name: 'm',
      sentinelPassword: 'p',
      db: 3,
      tls: {},
      sentinelTLS: {},
      enableTLSForSentinelMode: true,
    });
  });

  it.each([
    ['{ url: redis://a:6380/2, username: u, password: p }', { host: 'a', port: 6380, db: 2 }, null],
    ['{ url: rediss://a, username: u, password: p }', { host: 'a', port: 6379 }, {}],
    ['{ url: rediss://a, username: u, password: p, tls: true }', { host: 'a', port: 6379 }, {}],
    ['{ url: /run/redis.sock, username: u, password: p }', { path: '/run/redis.sock' }, null],
  ])('sends the credentials beside the address of one server: %s', (value, address, tls) => {
    const client = clientOf(value);
    if (!(client instanceof Redis)) throw new Error('no client of one server');
    expect(client.options).toMatchObject({ ...address, username: 'u', password: 'p' });
    if (tls === null) expect(client.options.tls ?? null).toBeNull();
    else expect(client.options.tls).toBeTruthy();
  });

  it('sends the credentials to every node of a Cluster', () => {
    const client = clientOf('{ cluster: [{ host: a }], username: u, password: p, tls: false }');
    if (!(client instanceof Cluster)) throw new Error('no Cluster client');
    expect(client.options.redisOptions).toEqual({ username: 'u', password: 'p' });
  });
});
