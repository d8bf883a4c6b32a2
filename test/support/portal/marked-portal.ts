import { servePortal, type ServedPortal } from './served-portal';
import type { AddressedPage, PageRecords } from './page-addresses';
import { PortalVisitor, signedIn, withKeys } from './visitor';

/** A user with an application. */
export const ZOE = { username: 'zqzoe@zqorg', password: 'correct horse' } as const;
/** Administers the organization. */
export const ADA = { username: 'zqada@zqorg', password: 'battery staple' } as const;

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
    zqapproved: { title: 'zqApproved', approval: true, resources: [{ path: '/zq', methods: ['GET'], public: true }] },
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

/** The header that asks for the language of the pseudo-texts. */
export const MARKED = { 'Accept-Language': 'de' } as const;

export interface MarkedPortal {
  readonly portal: ServedPortal;
  readonly records: PageRecords;
  readonly visitors: Readonly<Record<AddressedPage['for'], PortalVisitor>>;
}

/** Serves a portal with an application that has a key, a subscription and a token. */
export const serveMarked = async (): Promise<MarkedPortal> => {
  const portal = await servePortal(options, { portal: { title: 'zqPortal', signUp: { organizations: ['zqorg'] } } });
  const { applications, users } = portal.gate.directory;
  const { username, password } = ZOE;
  await users.create({ username: username.slice(0, -'@zqorg'.length), organization: 'zqorg', password });
  const user = await signedIn(portal, ZOE);
  const { id, key } = await withKeys(user, 'zqApp');
  await applications.subscribe(id, 'zqorders', { plan: 'zqfree' });
  await portal.gate.tokens.issue({ clientId: key, subject: username, scopes: ['zqread'] });
  const secret = (await applications.find(id))?.keys.production?.secrets[0]?.id ?? '';
  const records = { id, secret, name: 'zqorders', username };
  const admin = await signedIn(portal, ADA);
  const visitors = { anyone: new PortalVisitor(portal), readers: user, users: user, admins: admin };
  return { portal, records, visitors };
};
