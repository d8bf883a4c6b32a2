import { en } from '../../src/pages/texts/en';
import { PAGES } from '../../src/portal/routes';
import { ADA, BEN, openSignUp, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { signedIn, PortalVisitor } from '../support/portal/visitor';

const pagesIn = (navigation: 'user' | 'admin') =>
  PAGES.flatMap(({ path, title, navigation: place }) => (place === navigation ? [[path, title?.(en)]] : []));

/** Paths and texts of the links in the navigation of a page. */
const linksIn = (text: string): readonly (readonly (string | undefined)[])[] => {
  const [navigation = ''] = /<nav[\s\S]*<\/nav>/.exec(text) ?? [];
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
    expect(pagesIn('user').length).toBeGreaterThanOrEqual(6);
    expect(pagesIn('admin').length).toBeGreaterThanOrEqual(3);
  });

  it('leaves the page of the organization out for users without one', async () => {
    const user = { username: 'uma', password: 'uma-password' };
    const plain = await servePortal({ organizations: [], applications: [], users: [{ ...user, roles: [] }] });
    const links = linksIn((await (await signedIn(plain, user)).get('/apis')).text);
    expect(links).toEqual(pagesIn('user').filter(([path]) => path !== '/organization'));
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
