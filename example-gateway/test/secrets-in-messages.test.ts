import { faultsOf } from './support/faults';
import { aConfiguration, aFile } from './support/gateway';

const SECRET = '4711081509';
const TEXT = 's3cretvalue';

describe('a message about the file', () => {
  it.each([
    ['a password of digits', `users: [{ username: ana, password: ${SECRET} }]`],
    ['a secret of digits', `applications: [{ name: a, consumerKey: k, consumerSecret: ${SECRET} }]`],
    [
      'a sandbox secret of digits',
      `applications: [{ name: a, consumerKey: k, consumerSecret: s, sandbox: { consumerKey: b, consumerSecret: ${SECRET} } }]`,
    ],
    ['an invalid password hash', `users: [{ username: ana, passwordHash: ${TEXT} }]`],
    ['a password of a wrong shape', `users: [{ username: ana, password: { value: ${TEXT} } }]`],
    ['a password as a list', `users: [{ username: ana, password: [${TEXT}] }]`],
    ['a secret outside visible ASCII', `applications: [{ name: a, consumerKey: k, consumerSecret: "${TEXT} ü" }]`],
    ['a user instead of a map', `users: [${TEXT}]`],
    ['users instead of a list', `users: ${TEXT}`],
    ['a Redis address of digits', `redis: ${SECRET}`],
    ['a Redis address with a password', `redis: "redis://:${TEXT}@host:99999"`],
    ['a password that begins with *', `users: [{ username: ana, password: *${TEXT} }]`],
    ['a password that begins with !', `users: [{ username: ana, password: !${TEXT} }]`],
    ['a password that begins with &', `users:\n  - username: ana\n    password: &${TEXT}\n`],
    ['a password that begins with >', `users:\n  - password: >${TEXT}\n    username: ana\n`],
    ['a password that begins with |', `users:\n  - password: |${TEXT}\n    username: ana\n`],
    ['a password that begins with @', `users:\n  - password: @${TEXT}\n    username: ana\n`],
    ['a password that begins with %', `%${TEXT}\nusers: []\n`],
    ['a password with an escape', `users:\n  - password: "\\q${TEXT}"\n`],
    ['a quote in the middle', `users: [{ password: "abc" ${TEXT} }]`],
    ['a missing colon', `users: [{ username: ana, password ${TEXT} }]`],
    ['a colon too many', `users:\n  - password: ${TEXT}: x: y\n`],
    ['a key without a value', `users:\n  - password\n    ${TEXT}\n    a: 1\n`],
    ['a default of a variable', `users: [{ username: ana, password: "\${NOT_SET:-${TEXT}}" }]`],
    ['a bracket too many', `users: [{ password: a }]${TEXT}]`],
    ['a private key in place of its file', `listen: { tls: { cert: "\${PEM}", key: "\${PEM}" } }`],
    [
      'a variable in the wrong place',
      `listen: { host: "\${PEM}", port: "\${PEM}" }\nissuer: "\${PEM}"\nrealm: "\${PEM}\${PEM}"\nerrors: "\${PEM}"\nportal: "\${PEM}"\npaths: { token: "\${PEM}" }\nscopesWithoutRoleCheck: "\${PEM}"\napis: { a: { upstream: "\${PEM}", openapi: "\${PEM}" } }`,
    ],
  ])('does not print %s', async (_, text) => {
    const PEM = `-----BEGIN PRIVATE KEY-----\n${TEXT}\n-----END PRIVATE KEY-----\n`;
    const faults = await faultsOf(`${text}\n`, { PEM });
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.join('\n')).not.toMatch(new RegExp(`${SECRET}|${TEXT}`));
  });

  it('explains that a number should be in quotes', async () => {
    const users = [{ username: 'ana', organization: 'johnsorg', password: 12345 }];
    const faults = await faultsOf(JSON.stringify(aConfiguration({ users, applications: [] }), null, 2));
    expect(faults[0]).toMatch(/users\[0\]\.password: must be .*; YAML reads it as a number, so put it in quotes$/);
  });

  it('does not print a secret from an OpenAPI document, either', async () => {
    const document = aFile(`openapi: 3.1.0\npaths: { /: { get: { security: !${TEXT} [] } } }\ninfo: *${TEXT}\n`);
    const faults = await faultsOf(`apis: { a: { upstream: "demo:orders", openapi: ${document} } }\n`);
    expect(faults.join('\n')).not.toContain(TEXT);
  });
});
