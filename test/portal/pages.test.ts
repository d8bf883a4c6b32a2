import { en } from '../../src/pages/texts/en';
import { PAGES } from '../../src/portal/routes';
import { ADA, ANA, BEN, openSignUp, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { signedIn, PortalVisitor } from '../support/portal/visitor';

const pagesIn = (navigation: 'user' | 'admin' | 'account') =>
  PAGES.flatMap(({ path, title, navigation: place }) => (place === navigation ? [[path, title?.(en)]] : []));

/** Paths and texts of the links in the navigation of a page, or in the menu of the account. */
const linksIn = (text: string, part = /<nav[\s\S]*?<\/nav>/): readonly (readonly (string | undefined)[])[] => {
  const [navigation = ''] = part.exec(text) ?? [];
  return [...navigation.matchAll(/<a href="\/store([^"]*)"[^>]*>([^<]*)</g)].map(([, path, title]) => [path, title]);
};

describe('the table of pages', () => {
  let portal: ServedPortal;
  beforeAll(async () => {
    portal = await servePortal({}, openSignUp);
  });

  it('makes the navigation: pages of users, then pages of administrators, and nothing for visitors', async () => {
    expect(linksIn((await (await signedIn(portal, BEN)).get('/apis')).text)).toEqual(pagesIn('user'));
    expect(linksIn((await (await signedIn(portal, ADA)).get('/apis')).text)).toEqual([
      ...pagesIn('user'),
      ...pagesIn('admin'),
    ]);
    expect(linksIn((await new PortalVisitor(portal).get('/sign-in')).text)).toEqual([]);
    expect(pagesIn('user').length).toBeGreaterThanOrEqual(5);
    expect(pagesIn('admin').length).toBeGreaterThanOrEqual(3);
  });

  it('makes the menu of the account, without the page of the organization for users who have none', async () => {
    const menu = /<div id="account"[\s\S]*?<\/div>/;
    expect(linksIn((await (await signedIn(portal, BEN)).get('/apis')).text, menu)).toEqual(pagesIn('account'));
    const user = { username: 'uma', password: 'uma-password' };
    const plain = await servePortal({ organizations: [], applications: [], users: [{ ...user, roles: [] }] });
    const links = linksIn((await (await signedIn(plain, user)).get('/apis')).text, menu);
    expect(links).toEqual(pagesIn('account').filter(([path]) => path !== '/organization'));
  });

  it.each([
    ['/apis', 'page', '/apis'],
    ['/tokens/revoke-all', 'true', '/tokens'],
    ['/applications/:id', 'true', '/subscriptions'],
    ['/applications/:id/remove', 'true', '/subscriptions'],
    ['/sign-out-everywhere', 'true', '/password'],
  ])('marks the section of %s in the navigation', async (template, kind, section) => {
    const ana = await signedIn(portal, ANA);
    const { text: list } = await ana.get('/subscriptions');
    const id = /\/applications\/([A-Za-z0-9_-]+)"/.exec(list)?.[1] ?? '';
    const { text } = await ana.get(template.replace(':id', id));
    const marked = [...text.matchAll(/<a href="\/store([^"]*)"\s+aria-current="(\w+)"/g)];
    expect(marked.map(([, path, current]) => [path, current])).toEqual([[section, kind]]);
  });

  it('links the title in the header with the first page', async () => {
    const { text } = await (await signedIn(portal, BEN)).get('/tokens');
    expect(text).toMatch(/<a class="brand" href="\/store\/apis"><span>API Store<\/span><\/a>/);
  });

  it.each(PAGES.map(({ path, isReturnTarget }) => [path, isReturnTarget] as const))(
    'decides whether a sign-in may return to %s: %s',
    async (template, isReturnTarget) => {
      const path = template.replaceAll(/:\w+/g, 'x');
      const { text } = await new PortalVisitor(portal).get(`/sign-in?return=${encodeURIComponent(path)}`);
      expect(text).toContain(`name="return" value="${isReturnTarget ? path : '/apis'}"`);
    },
  );

  it('permits a return only to pages that need a sign-in', () => {
    expect(PAGES.filter((page) => page.for === 'anyone' && page.isReturnTarget)).toEqual([]);
  });
});
