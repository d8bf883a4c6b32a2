import type { Redis } from 'ioredis';
import { digestOf } from '../../src/protocol/secrets';
import { onRedis } from '../support/stores/every-store';
import { collect } from '../support/stores/collect';
import { ADA, ANA, BEN, EVE, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { signedIn } from '../support/portal/visitor';

const PAGES = [
  '/apis',
  '/subscriptions',
  '/generate-token',
  '/try-it',
  '/tokens',
  '/organization',
  '/password',
  '/admin/users',
  '/admin/applications',
  '/admin/audit',
];

const SECRET = { id: 'x', digest: digestOf('the-secret'), createdAt: 0 };

const sound = {
  name: 'Sound',
  owner: ANA.username,
  organization: 'johnsorg',
  subscriptions: ['orders'],
  introspect: false,
  enabled: true,
  keys: { production: { clientId: 'stored-key', secrets: [SECRET] } },
};

const WRONG: readonly unknown[] = [null, 42, true, 'text', [], [42], {}, { a: 1 }, 1e300, -1];

/** Records that an older version or another program may have left: each field of each kind of wrong type. */
const applications: readonly (readonly [field: string, record: unknown])[] = [
  ...[...Object.keys(sound), 'id', 'grantTypes', 'scopes', 'disabledBy', 'removing'].flatMap((field) =>
    WRONG.map((value): [string, unknown] => [`${field} ${JSON.stringify(value)}`, { ...sound, [field]: value }]),
  ),
  ...['id', 'digest', 'label', 'lastFour', 'createdAt', 'expiresAt', 'lastUsedAt'].flatMap((field) =>
    [...WRONG, '2000000000'].map((value): [string, unknown] => [
      `secret's ${field} ${JSON.stringify(value)}`,
      { ...sound, keys: { production: { clientId: 'stored-key', secrets: [{ ...SECRET, [field]: value }] } } },
    ]),
  ),
  ['nothing', {}],
  ...WRONG.map((value): [string, unknown] => [`itself ${JSON.stringify(value)}`, value]),
];

const users: readonly (readonly [field: string, record: unknown])[] = [
  ...['username', 'organization', 'passwordHash', 'roles', 'enabled', 'disabledBy'].flatMap((field) =>
    WRONG.map((value): [string, unknown] => [
      `${field} ${JSON.stringify(value)}`,
      { username: 'x', organization: 'johnsorg', passwordHash: '', roles: [], enabled: true, [field]: value },
    ]),
  ),
  ...WRONG.map((value): [string, unknown] => [`itself ${JSON.stringify(value)}`, value]),
];

const organizations: readonly (readonly [field: string, record: unknown])[] = [
  ...['key', 'name', 'enabled'].flatMap((field) =>
    WRONG.map((value): [string, unknown] => [field, { key: 'x', name: 'X', enabled: true, [field]: value }]),
  ),
  ...WRONG.map((value): [string, unknown] => ['itself', value]),
];

interface Opened {
  readonly portal: ServedPortal;
  readonly put: (noun: string, key: string, text: string) => Promise<unknown>;
}

const open = async (): Promise<Opened> => {
  const options = await onRedis();
  const redis = options.redis as Redis;
  const portal = await servePortal(options);
  return { portal, put: (noun, key, text) => redis.hset(`${options.prefix}{directory}:${noun}`, key, text) };
};

/** Every page, as its owner, another user, an administrator and one of another organization see it. */
const statusesOf = async (portal: ServedPortal, pages: readonly string[]): Promise<readonly string[]> => {
  const statuses: string[] = [];
  for (const user of [ANA, BEN, ADA, EVE]) {
    const visitor = await signedIn(portal, user);
    for (const page of pages) statuses.push(`${user.username} ${page} ${(await visitor.get(page)).status}`);
  }
  return statuses;
};

const refused = (statuses: readonly string[]): readonly string[] =>
  statuses.filter((line) => !/ (?:200|404)$/.test(line));

test('no record of the directory, whatever its fields contain, prevents a page from being shown', async () => {
  const { portal, put } = await open();
  for (const [index, [, record]] of applications.entries())
    await put('applications', `app${index}`, JSON.stringify(record));
  for (const [index, [, record]] of users.entries())
    await put('users', `user${index}@johnsorg`, JSON.stringify(record));
  for (const [index, [, record]] of organizations.entries())
    await put('organizations', `org${index}`, JSON.stringify(record));
  await put('applications', 'app-broken', '{"name": ');
  await put('users', 'user-broken@johnsorg', 'not JSON');
  await put('organizations', 'org-broken', '');
  const readable = applications.flatMap(([field, record], index) =>
    typeof record === 'object' && record !== null && !field.startsWith('itself') ? [`/applications/app${index}`] : [],
  );
  const visitor = await signedIn(portal, ANA);
  expect((await visitor.get('/subscriptions')).text).toContain('Sound');
  expect(refused(await statusesOf(portal, PAGES))).toEqual([]);
  const details: string[] = [];
  for (const page of readable) details.push(`${page} ${(await visitor.get(page)).status}`);
  expect(refused(details)).toEqual([]);
}, 120_000);

test('a field of the wrong type is treated as the most restrictive value', async () => {
  const { portal, put } = await open();
  const stored = { ...sound, introspect: 'false', grantTypes: 'password', scopes: 'read', subscriptions: 'orders' };
  await put('applications', 'a', JSON.stringify({ ...stored, owner: 42 }));
  await put('applications', 'b', JSON.stringify({ ...sound, enabled: 'true' }));
  await put('applications', 'c', JSON.stringify({ ...sound, organization: 7 }));
  const { applications: calls } = portal.gate.directory;
  const foreign = {
    redirectUris: ['https://a.example/cb', 'javascript:alert(1)', 7],
    isPublic: 'yes',
    asksConsent: false,
  };
  await put('applications', 'd', JSON.stringify({ ...sound, ...foreign }));
  await put('applications', 'e', JSON.stringify({ ...sound, redirectUris: 'https://a.example/cb' }));
  const first = await calls.find('a');
  expect(first).toMatchObject({
    id: 'a',
    introspect: false,
    grantTypes: [],
    scopes: [],
    subscriptions: [],
    enabled: true,
  });
  expect(first).not.toHaveProperty('owner');
  expect(await calls.find('b')).toMatchObject({ enabled: false });
  expect(await calls.find('c')).toMatchObject({ enabled: false });
  const fourth = await calls.find('d');
  expect(fourth).toMatchObject({ redirectUris: ['https://a.example/cb'], public: false });
  expect(fourth).not.toHaveProperty('asksConsent');
  expect(await calls.find('e')).toMatchObject({ redirectUris: [] });
});

test('an expiry that was stored as a text still ends its secret, and an unreadable one counts as expired', async () => {
  const { portal, put } = await open();
  for (const [key, expiresAt] of [
    ['text', '32000000000'],
    ['past', '5'],
    ['other', 'tomorrow'],
  ]) {
    const keys = { production: { clientId: `key-${key}`, secrets: [{ ...SECRET, expiresAt }] } };
    await put('applications', `app-${key}`, JSON.stringify({ ...sound, keys }));
    await put('clients', `key-${key}`, JSON.stringify({ applicationId: `app-${key}` }));
  }
  const status = async (key: string): Promise<number> => {
    const answer = await fetch(`${portal.url}/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`key-${key}:the-secret`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return answer.status;
  };
  expect([await status('text'), await status('past'), await status('other')]).toEqual([200, 401, 401]);
});

test('fields of a newer version are preserved when a record is changed', async () => {
  const { portal, put } = await open();
  await put('applications', 'a', JSON.stringify({ ...sound, redirectUris: ['https://app.example'] }));
  await portal.gate.directory.applications.disable('a');
  expect(await portal.gate.directory.applications.find('a')).toMatchObject({
    enabled: false,
    redirectUris: ['https://app.example'],
  });
});

test('disabling an organization rejects for an unreadable record only after all other grants have ended', async () => {
  const { portal, put } = await open();
  const { organizations: calls, users: people } = portal.gate.directory;
  await calls.create({ key: 'acme' });
  await people.create({ username: 'sam', organization: 'acme', password: 'sam-password' });
  await put('users', 'broken@acme', 'not JSON');
  expect(await collect(people.list())).toHaveLength(5);
  await expect(calls.disable('acme')).rejects.toMatchObject({ reason: 'corrupt' });
  expect(await calls.find('acme')).toMatchObject({ enabled: false });
});
