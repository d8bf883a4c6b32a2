import { PAGES } from '../../src/portal/routes';
import type * as English from '../../src/pages/texts/en';
import type * as Pseudo from '../support/portal/pseudo-texts';
import { literalsIn } from '../support/portal/pseudo-texts';
import { servePortal, type ServedPortal } from '../support/portal/served-portal';
import { PortalVisitor, signedIn, withKeys } from '../support/portal/visitor';

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
  users: [
    { username: 'zqzoe', organization: 'zqorg', password: ZOE.password, roles: ['zqclerk'] },
    { username: 'zqada', organization: 'zqorg', password: ADA.password, roles: ['admin'] },
  ],
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
  '/apis',
  '/subscriptions',
  '/applications/:id',
  '/applications/:id/unsubscribe',
  '/applications/:id/secrets/:secret',
  '/applications/:id/remove',
  '/try-it',
  '/tokens',
  '/tokens/revoke-all',
  '/admin/users',
  '/admin/users/disable',
  '/admin/applications',
  '/admin/applications/:id/disable',
  '/admin/audit',
]);

const DEUTSCH = { 'Accept-Language': 'de' };

interface Example {
  readonly visitor: PortalVisitor;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Returns the address of a page with its parameters filled in. @throws if there is no example for one of them */
const addressOf = (template: string, parameters: Example['parameters'], query = ''): string =>
  template.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = parameters[`${template} ${name}`] ?? parameters[name];
    if (value === undefined) throw new Error(`add an example of ${name} in ${template} to this test`);
    return encodeURIComponent(value);
  }) + query;

/** Queries without which a page has nothing to show. */
const QUERIES: Readonly<Record<string, string>> = {
  '/admin/users/disable': '?username=zqzoe%40zqorg',
  '/applications/:id/unsubscribe': '?api=zqorders',
};

describe('pages in a language whose every text is in brackets', () => {
  let portal: ServedPortal;
  let user: Example;
  let admin: Example;

  beforeAll(async () => {
    portal = await servePortal(options, { portal: { title: 'zqPortal', signUp: { organizations: ['zqorg'] } } });
    const visitor = await signedIn(portal, ZOE);
    const { id, key } = await withKeys(visitor, 'zqApp');
    await portal.gate.directory.applications.subscribe(id, 'zqorders', { plan: 'zqfree' });
    await portal.gate.tokens.issue({ clientId: key, subject: ZOE.username, scopes: ['zqread'] });
    const application = await portal.gate.directory.applications.find(id);
    const secret = application?.keys.production?.secrets[0]?.id ?? '';
    const parameters = { id, secret, name: 'zqorders', username: ZOE.username, api: 'zqorders' };
    user = { visitor, parameters };
    admin = { visitor: await signedIn(portal, ADA), parameters };
  });

  const exampleFor = (access: (typeof PAGES)[number]['for']): Example => {
    if (access === 'anyone') return { ...user, visitor: new PortalVisitor(portal) };
    return access === 'admins' ? admin : user;
  };

  const pages = PAGES.map(({ path, for: access }) => [path, access] as const);

  it.each(pages.filter(([path]) => path !== '/language' && !PENDING.has(path)))(
    'show no other word on %s, for %s',
    async (path, access) => {
      const { visitor, parameters } = exampleFor(access);
      const { status, text } = await visitor.get(addressOf(path, parameters, QUERIES[path]), DEUTSCH);
      expect([status, literalsIn(text)]).toEqual([200, []]);
    },
  );
});
