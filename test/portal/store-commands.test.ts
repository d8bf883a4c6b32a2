import type { Redis } from 'ioredis';
import { aRedis } from '../support/redis/clients';
import { commandsDuring } from '../support/redis/commands';
import { ownRedis, randomPrefix } from '../support/redis/redis';
import { servePortal, type ServedPortal } from '../support/portal/served-portal';
import { signedIn, withKeys, type PortalVisitor } from '../support/portal/visitor';

const ANA = { username: 'ana', password: 'correct horse' } as const;
const PAGES = ['/apis', '/subscriptions', '/generate-token', '/try-it', '/tokens', '/tokens/revoke-all', '/password'];
const ROUNDS = 3;

let server: Redis;
let url: string;
beforeAll(async () => {
  const own = await ownRedis();
  server = await own.client();
  url = own.url;
});

/** A portal without organizations, so that each look-up of a name asks whether there are any. Without a cache. */
const aPortal = (): Promise<ServedPortal> => {
  return servePortal({
    organizations: [],
    users: [{ ...ANA, roles: ['admin'] }],
    applications: [],
    redis: aRedis({}, url),
    prefix: randomPrefix(),
    cache: false,
    deadline: 5_000,
  });
};

/** Applications of other owners. */
const addForeign = async ({ gate }: ServedPortal, from: number, to: number): Promise<void> => {
  for (let number = from; number < to; number += 1) {
    await gate.directory.applications.create({ name: `App ${number}`, owner: `user-${number % 100}` });
  }
};

/** The number of commands of a page. What the gate writes in the background can only add to it. */
const commandsOf = async (visitor: PortalVisitor, page: string): Promise<number> => {
  const totals: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const commands = await commandsDuring(server, async () => {
      expect((await visitor.get(page)).status).toBe(200);
    });
    totals.push(Object.values(commands).reduce((sum, count) => sum + count, 0));
  }
  return Math.min(...totals);
};

it('pages of a user send the same number of commands with 5 and with 2,000 applications of others', async () => {
  const portal = await aPortal();
  const ana = await signedIn(portal, ANA);
  await withKeys(ana);
  await addForeign(portal, 0, 5);
  const few = new Map<string, number>();
  for (const page of PAGES) few.set(page, await commandsOf(ana, page));
  await addForeign(portal, 5, 2_000);
  for (const page of PAGES) expect([page, await commandsOf(ana, page)]).toEqual([page, few.get(page)]);
}, 120_000);

it('the page of all applications reads no more than it shows', async () => {
  const portal = await aPortal();
  const ana = await signedIn(portal, ANA);
  await addForeign(portal, 0, 1_000);
  expect(await commandsOf(ana, '/admin/applications')).toBeLessThan(100);
  const ids: string[] = [];
  let path: string | undefined = '/admin/applications';
  while (path !== undefined) {
    const { text }: { readonly text: string } = await ana.get(path);
    ids.push(...[...text.matchAll(/applications\/([A-Za-z0-9_-]+)\/disable/g)].map(([, id = '']) => id));
    path = /href="\/store([^"]+)">Next page</.exec(text)?.[1];
  }
  expect(new Set(ids).size).toBe(1_000);
  expect(ids).toEqual([...ids].sort());
}, 120_000);

it('a user of a users function gets no application of a user whose id differs in case', async () => {
  const portal = await servePortal({ organizations: [], applications: [], users: (username) => ({ id: username }) });
  const [upper, lower] = [
    await signedIn(portal, { username: 'Max', password: 'x' }),
    await signedIn(portal, { username: 'max', password: 'x' }),
  ];
  const { id } = await withKeys(upper, 'App of Max');
  expect((await upper.get('/subscriptions')).text).toContain('App of Max');
  expect((await lower.get('/subscriptions')).text).not.toContain('App of Max');
  expect((await lower.get(`/applications/${id}`)).status).toBe(404);
});
