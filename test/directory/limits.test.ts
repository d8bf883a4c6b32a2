import { Registry } from 'prom-client';
import type { Gate } from 'scopegate';
import { aGate, JANE, JOHN } from '../support/gate/gate';
import { createApplication } from '../support/gate/managed-directory';
import { samplesOf } from '../support/gate/metrics';
import { collect } from '../support/stores/collect';
import { everyStore, onRedis } from '../support/stores/every-store';
import { ADA, ANA, servePortal } from '../support/portal/served-portal';
import { signedIn, withKeys } from '../support/portal/visitor';

const limited = (message: string): unknown => expect.objectContaining({ code: 'ERR_SCOPEGATE_LIMIT', message });

const APPLICATIONS_REACHED = limited(
  'ERR_SCOPEGATE_LIMIT: the limit of applications per user is reached (applicationsPerUser: 2); remove an application first',
);
const SECRETS_REACHED = limited(
  'ERR_SCOPEGATE_LIMIT: the limit of secrets per key is reached (secretsPerKey: 2); revoke a secret first',
);

const limitsReached = ({ gate }: { readonly gate: Pick<Gate, 'on'> }): readonly unknown[] => {
  const events: unknown[] = [];
  gate.on('limit', ({ at: _at, ...event }) => events.push(event));
  return events;
};

const wordsOf = (text: string): string => text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

describe.each(everyStore)('limits.applicationsPerUser in %s', (_name, freshStore) => {
  it('refuses a further application of an owner, in any spelling, and counts no declared one', async () => {
    const tested = aGate({ ...(await freshStore()), limits: { applicationsPerUser: 2 } });
    const events = limitsReached(tested);
    const { applications } = tested.gate.directory;
    const create = (owner?: string) => applications.create({ name: 'App', ...(owner === undefined ? {} : { owner }) });
    const first = await create(JOHN[0]);
    await create('JOHN@gmail.com@JohnsOrg');
    for (const owner of [JOHN[0], 'John@gmail.com@johnsorg'])
      await expect(create(owner)).rejects.toEqual(APPLICATIONS_REACHED);
    expect(events).toEqual([
      { type: 'limit', limit: 'applicationsPerUser', subject: JOHN[0] },
      { type: 'limit', limit: 'applicationsPerUser', subject: 'John@gmail.com@johnsorg' },
    ]);
    for (let count = 0; count < 3; count += 1) await create();
    await create(JANE[0]);
    await applications.remove(first.id);
    await create(JOHN[0]);
    expect(await collect(applications.list())).toHaveLength(7);
  });

  it('is 50 by default, and `false` removes it', async () => {
    const { applications } = aGate(await freshStore()).gate.directory;
    for (let count = 0; count < 50; count += 1) await applications.create({ name: 'App', owner: JOHN[0] });
    await expect(applications.create({ name: 'App', owner: JOHN[0] })).rejects.toMatchObject({
      code: 'ERR_SCOPEGATE_LIMIT',
    });
    const unlimited = aGate({ ...(await freshStore()), limits: { applicationsPerUser: false } }).gate.directory;
    for (let count = 0; count < 60; count += 1) await unlimited.applications.create({ name: 'App', owner: JOHN[0] });
  });

  it('is named on the page on which a user creates an application', async () => {
    const portal = await servePortal({ ...(await freshStore()), limits: { applicationsPerUser: 2 } });
    const ana = await signedIn(portal, ANA);
    for (const name of ['One', 'Two']) await ana.submit('/subscriptions', '/applications', { name });
    const { status, text } = await ana.submit('/subscriptions', '/applications', { name: 'Three' });
    expect(status).toBe(409);
    expect(wordsOf(text)).toContain('You have 2 applications, which is the limit. Remove one first.');
    expect((await ana.get('/subscriptions')).text).not.toContain('Three');
  });
});

it('limits.applicationsPerUser holds for concurrent calls at two gates on the same Redis', async () => {
  const options = await onRedis();
  const gates = [1, 2].map(() => aGate({ ...options, limits: { applicationsPerUser: 3 } }).gate);
  const calls = gates.flatMap(({ directory }) =>
    Array.from({ length: 20 }, () => directory.applications.create({ name: 'App', owner: JOHN[0] })),
  );
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
});

describe.each(everyStore)('limits.secretsPerKey in %s', (_name, freshStore) => {
  const open = async (secretsPerKey: number | false) => {
    const tested = aGate({ ...(await freshStore()), limits: { secretsPerKey } });
    const { info, keys } = await createApplication(tested);
    const { applications } = tested.gate.directory;
    const generate = (order: object = {}) =>
      applications.generateKeys(info.id, { environment: 'production', ...order });
    return { ...tested, applications, generate, id: info.id, keys };
  };

  it('refuses a further secret of a key, expired ones included, and counts each key for itself', async () => {
    const tested = await open(2);
    const events = limitsReached(tested);
    const { applications, generate, id, keys } = tested;
    const second = await generate({ expiresAt: 1_000 });
    await expect(generate()).rejects.toEqual(SECRETS_REACHED);
    expect(events).toEqual([{ type: 'limit', limit: 'secretsPerKey', clientId: keys.clientId }]);
    await generate({ environment: 'sandbox' });
    await applications.revokeSecret(id, second.secretId);
    await generate();
    expect((await applications.find(id))?.keys.production?.secrets).toHaveLength(2);
  });

  it('holds for concurrent calls', async () => {
    const { applications, generate, id } = await open(4);
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => generate()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect((await applications.find(id))?.keys.production?.secrets).toHaveLength(4);
  });

  it('lets a call be repeated whose secret was added already', async () => {
    const { generate } = await open(2);
    const first = await generate({ clientSecret: 'an-imported-secret' });
    expect(await generate({ clientSecret: 'an-imported-secret' })).toEqual(first);
  });

  it('is not applied if it is `false`', async () => {
    const { generate } = await open(false);
    for (let count = 0; count < 15; count += 1) await generate();
  });

  it('is named on the page on which a user generates a secret', async () => {
    const portal = await servePortal({ ...(await freshStore()), limits: { secretsPerKey: 1 } });
    const ana = await signedIn(portal, ANA);
    const { id } = await withKeys(ana);
    const path = `/applications/${id}`;
    const { status, text } = await ana.submit(path, `${path}/secrets`, { password: ANA.password });
    expect(status).toBe(409);
    expect(wordsOf(text)).toContain('The key has 1 secret, which is the limit. Revoke one first.');
  });
});

describe.each(everyStore)('limits.auditPerActor in %s', (_name, freshStore) => {
  it('keeps the last entries of each actor, and an event says that older ones were dropped', async () => {
    const portal = await servePortal({ ...(await freshStore()), limits: { auditPerActor: 3 } });
    const events = limitsReached(portal);
    const [ada, ana] = [await signedIn(portal, ADA), await signedIn(portal, ANA)];
    for (let count = 0; count < 6; count += 1)
      await ana.submit('/subscriptions', '/applications', { name: `App ${count}` });
    const { text } = await ada.get('/admin/audit');
    expect([...text.matchAll(/App \d/g)].map(([name]) => name).sort()).toEqual(['App 3', 'App 4', 'App 5']);
    expect(events).toContainEqual({ type: 'limit', limit: 'auditPerActor' });
  });
});

it('limits that are reached are counted by name', async () => {
  const registry = new Registry();
  const { gate } = aGate({ metrics: registry, limits: { applicationsPerUser: 1 } });
  for (let count = 0; count < 3; count += 1)
    await gate.directory.applications.create({ name: 'App', owner: JOHN[0] }).catch(() => undefined);
  const samples = samplesOf(await registry.metrics()).filter((line) => line.startsWith('scopegate_limited_total'));
  expect(samples).toEqual(['scopegate_limited_total{limit="applicationsPerUser"} 2']);
});
