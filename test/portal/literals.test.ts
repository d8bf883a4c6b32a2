import { PAGES } from '../../src/portal/routes';
import type * as English from '../../src/pages/texts/en';
import type * as Pseudo from '../support/portal/pseudo-texts';
import { literalsIn } from '../support/portal/pseudo-texts';
import { servePortal, type ServedPortal } from '../support/portal/served-portal';
import { addressedPages, type AddressedPage, type PageRecords } from '../support/portal/page-addresses';
import { hiddenFields, PortalVisitor, signedIn, withKeys } from '../support/portal/visitor';

// German is the language in which every text is in brackets.
jest.mock('../../src/pages/texts/de', () => {
  const { pseudoTexts } = jest.requireActual<typeof Pseudo>('../support/portal/pseudo-texts');
  return { de: pseudoTexts(jest.requireActual<typeof English>('../../src/pages/texts/en').en) };
});

const ZOE = { username: 'zqzoe@zqorg', password: 'correct horse' } as const;
const ADA = { username: 'zqada@zqorg', password: 'battery staple' } as const;

/** Every name that the pages show contains `zq`. */
const options = {
  scopes: { zqread: 'zqRead-orders', zqupdate: { description: 'zqChange-orders', roles: ['zqclerk'] } },
  plans: { zqfree: { requests: 1_000, per: 60, burst: 20 }, zqgold: { requests: 5, per: 172_800 } },
  apis: {
    zqorders: {
      title: 'zqOrders',
      version: '1.0.0',
      plans: ['zqfree', 'zqgold'],
      resources: [
        { path: '/zq', methods: ['GET'], scopes: ['zqread'], limit: { requests: 10, per: 60, by: 'user' } },
        { path: '/zq/:zqid', methods: ['PUT'], scopes: ['zqupdate'] },
        { path: '/zqhealth', methods: ['GET'], public: true },
      ],
    },
  },
  organizations: [{ key: 'zqorg', name: 'zqOrganization' }],
  users: [{ username: 'zqada', organization: 'zqorg', password: ADA.password, roles: ['admin'] }],
  applications: [
    {
      name: 'zqDeclared',
      owner: ZOE.username,
      consumerKey: 'zqkey',
      consumerSecret: 'declared-secret',
      subscriptions: [{ api: 'zqorders', plan: 'zqfree' }],
    },
  ],
} as const;

/** Pages whose words are not in the catalogue yet. */
const PENDING: ReadonlySet<string> = new Set([
  '/applications/:id',
  '/admin/audit', // details of entries are stored in English
]);

/** Paths of forms and downloads, which show no page. */
const NO_PAGES: ReadonlySet<string> = new Set(['/language', '/apis/:name/openapi.json', '/admin/audit.csv']);

const MARKED = { 'Accept-Language': 'de' };

describe('pages in a language whose every text is in brackets', () => {
  let portal: ServedPortal;
  let records: PageRecords;
  let visitors: Readonly<Record<AddressedPage['for'], PortalVisitor>>;

  beforeAll(async () => {
    portal = await servePortal(options, { portal: { title: 'zqPortal', signUp: { organizations: ['zqorg'] } } });
    const { applications, users } = portal.gate.directory;
    const { username, password } = ZOE;
    await users.create({ username: username.slice(0, -'@zqorg'.length), organization: 'zqorg', password });
    const user = await signedIn(portal, ZOE);
    const { id, key } = await withKeys(user, 'zqApp');
    await applications.subscribe(id, 'zqorders', { plan: 'zqfree' });
    await portal.gate.tokens.issue({ clientId: key, subject: username, scopes: ['zqread'] });
    const secret = (await applications.find(id))?.keys.production?.secrets[0]?.id ?? '';
    records = { id, secret, name: 'zqorders', username };
    visitors = { anyone: new PortalVisitor(portal), readers: user, users: user, admins: await signedIn(portal, ADA) };
  });

  const pages = PAGES.map(({ path, for: access }) => [path, access] as const);

  it.each(pages.filter(([path]) => !NO_PAGES.has(path) && !PENDING.has(path)))(
    'show no other word on %s, for %s',
    async (path, access) => {
      const address = addressedPages(records).find((page) => page.path === path)?.address ?? '';
      const { status, text } = await visitors[access].get(address, MARKED);
      expect([status, literalsIn(text)]).toEqual([200, []]);
    },
  );

  const WRONG = { password: 'wrong', new: 'longer than that', again: 'other' };

  it.each([
    ['/sign-in', '/sign-in', {}],
    ['/sign-up', '/sign-up', { organization: 'zqorg', username: 'zq' }],
    ['/password', '/password', WRONG],
    ['/password', '/password', { ...WRONG, new: 'short', again: 'short' }],
    ['/subscriptions', '/applications', { name: 'zqApp' }],
  ] as const)('show no other word after a fault on %s', async (page, action, fields) => {
    if (PENDING.has(page)) return;
    const visitor = page.startsWith('/sign') ? visitors.anyone : visitors.users;
    const form = hiddenFields((await visitor.get(page)).text, action);
    const { status, text } = await visitor.post(action, { ...form, ...fields }, MARKED);
    expect(status).toBeGreaterThanOrEqual(200);
    expect([page, literalsIn(text)]).toEqual([page, []]);
  });

  it('show no other word on pages about errors', async () => {
    const answers = [
      await visitors.users.get('/nowhere', MARKED),
      await visitors.users.get('/applications/nowhere', MARKED),
      await visitors.users.post('/apis', {}, MARKED),
      await visitors.anyone.post('/sign-in', { form_token: 'x' }, MARKED),
      await visitors.anyone.post('/sign-in', 'a=1&a=2', MARKED),
    ];
    for (const { text } of answers) expect(literalsIn(text)).toEqual([]);
  });
});
