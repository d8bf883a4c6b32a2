import type { ApiDeclaration } from 'scopegate';
import { ADA, BEN, servePortal } from '../support/portal/served-portal';
import { PortalVisitor, signedIn, withKeys, type PortalAnswer } from '../support/portal/visitor';

const resources = Array.from({ length: 8 }, (_, index) => ({
  path: `/items${index}/:id`,
  methods: ['GET', 'PUT'],
  summary: `Item ${index}`,
}));

/** Thirty APIs of eight resources each. */
const thirty = Object.fromEntries(
  Array.from({ length: 30 }, (_, index): readonly [string, ApiDeclaration] => [
    `api${index + 1}`,
    { title: `API ${index + 1}`, tags: [index % 2 === 0 ? 'even' : 'odd'], resources },
  ]),
);

const varied: Readonly<Record<string, ApiDeclaration>> = {
  orders: {
    title: 'Orders',
    version: '2.10.0',
    description: 'Places **orders** for `tea`.\n\nAll else about orders.',
    tags: ['Sales'],
    resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }],
  },
  'orders-v1': { title: 'Orders', version: '2.9.0', lifecycle: 'deprecated', resources },
  'orders-v0': { title: 'Orders', version: '1.0.0', lifecycle: 'retired', resources },
  bills: { title: '<b>Bills</b>', description: '<script>alert(1)</script>', tags: ['"><i>'], resources },
};

const open = async (apis: Readonly<Record<string, ApiDeclaration>>) => {
  const portal = await servePortal({ apis, applications: [] });
  const ben = await signedIn(portal, BEN);
  return { portal, ben };
};

const titlesIn = ({ text }: PortalAnswer): readonly string[] =>
  [...text.matchAll(/<h2 id="api-[^"]*">\s*<a [^>]*>([^<]*)</g)].map(([, title = '']) => title);

const namesIn = ({ text }: PortalAnswer): readonly string[] =>
  [...text.matchAll(/<h2 id="api-([^"]*)">/g)].map(([, name = '']) => name);

const numbered = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `API ${from + index}`);

describe('the catalogue', () => {
  it('has twenty APIs on a page, in the order of their numbers', async () => {
    const { ben } = await open(thirty);
    const first = await ben.get('/apis');
    expect(titlesIn(first)).toEqual(numbered(1, 20));
    expect(first.text).toContain('1–20 of 30 APIs');
    const second = await ben.get('/apis?page=2');
    expect(titlesIn(second)).toEqual(numbered(21, 30));
    expect(second.text).toContain('21–30 of 30 APIs');
    expect(titlesIn(await ben.get('/apis?page=99'))).toEqual(numbered(21, 30));
  });

  it('stays small: an entry does not list the resources of its API', async () => {
    const { ben } = await open(thirty);
    const { text } = await ben.get('/apis');
    expect(text.length).toBeLessThan(80_000);
    expect(text).toContain('8 resources');
  });

  it.each([
    ['?q=api+17', ['API 17']],
    ['?q=17+API', ['API 17']],
    ['?q=%2Fapi3%2Fitems7', ['API 3']],
    ['?tag=odd&q=api2', ['API 2', 'API 20', 'API 22', 'API 24', 'API 26', 'API 28']],
    ['?q=ITEM+7&tag=even&page=2', []],
    ['?q=nothing', []],
  ])('finds %s', async (query, titles) => {
    const { ben } = await open(thirty);
    const answer = await ben.get(`/apis${query}`);
    if (query.includes('page=2')) expect(titlesIn(answer)).toHaveLength(15);
    else expect(titlesIn(answer)).toEqual(titles);
  });

  it('keeps the search on the links to other pages, and offers all APIs if none was found', async () => {
    const { ben } = await open(thirty);
    expect((await ben.get('/apis?q=item')).text).toContain('href="/store/apis?q=item&amp;page=2"');
    const { text } = await ben.get('/apis?q=nothing');
    expect(text).toContain('No API matches this search.');
    expect(text).toContain('href="/store/apis"');
  });

  it('lists the latest version first, links the others, and leaves out retired APIs unless they are asked for', async () => {
    const { ben } = await open(varied);
    const page = await ben.get('/apis?q=orders');
    expect(namesIn(page)).toEqual(['orders', 'orders-v1']);
    expect(page.text).toMatch(
      /Other versions: <a href="\/store\/apis\/orders-v1">2\.9\.0<\/a>\s*<span class="badge warning">Deprecated/,
    );
    expect(namesIn(await ben.get('/apis?status=retired'))).toEqual(['orders-v0']);
    expect(namesIn(await ben.get('/apis?status=deprecated'))).toEqual(['orders-v1']);
    expect(namesIn(await ben.get('/apis?status=published&q=orders'))).toEqual(['orders']);
    expect(namesIn(await ben.get('/apis?status=unknown&q=orders'))).toEqual(['orders', 'orders-v1']);
  });

  it('shows the first paragraph of a description as plain text', async () => {
    const { ben } = await open(varied);
    const { text } = await ben.get('/apis');
    expect(text).toContain('Places orders for tea.');
    expect(text).not.toContain('All else about orders.');
  });

  it('escapes titles, descriptions and tags', async () => {
    const { ben } = await open(varied);
    for (const path of ['/apis', '/apis/bills', '/apis?q=%3Cscript%3E&tag=%22%3E%3Ci%3E', '/apis/bills/agent']) {
      const { text } = await ben.get(path);
      expect(text).not.toMatch(/<script>|<b>Bills|"><i>/);
    }
  });

  it('is in German for a browser that prefers it', async () => {
    const { ben } = await open(varied);
    const { text } = await ben.get('/apis', { 'Accept-Language': 'de' });
    for (const words of ['APIs suchen', 'Abonnieren', '8 Ressourcen', 'Veraltet', 'Andere Versionen']) {
      expect(text).toContain(words);
    }
  });
});

describe('a subscription', () => {
  it('takes one click if there is nothing to choose, and marks the API', async () => {
    const { ben } = await open(varied);
    const answer = await ben.submit('/apis', '/apis/orders/subscribe');
    expect(answer.text).toContain('data-testid="consumer-key"');
    const page = await ben.get('/apis/orders');
    expect(page.text).toMatch(/<span class="badge good">Subscribed<\/span>/);
    expect(page.text).toMatch(/<a href="\/store\/applications\/[^"]*">DefaultApplication<\/a>/);
  });

  it('offers a new application, with a name', async () => {
    const { ben } = await open(varied);
    await withKeys(ben);
    expect((await ben.get('/apis/orders/subscribe')).text).toContain('Subscribe to Orders');
    const fields = { application: 'new', name: 'Second app' };
    const answer = await ben.submit('/apis/orders/subscribe', '/apis/orders/subscribe', fields);
    expect(answer.text).toContain('Second app is subscribed to Orders.');
  });

  it('shows the form again if the name is taken or missing', async () => {
    const { ben } = await open(varied);
    await withKeys(ben);
    for (const name of ['My app', '']) {
      const fields = { application: 'new', name };
      const answer = await ben.submit('/apis/orders/subscribe', '/apis/orders/subscribe', fields);
      expect(answer.status).toBe(400);
      expect(answer.text).toMatch(/<option value="new" selected>/);
    }
  });

  it.each(['orders-v1', 'orders-v0'])(
    'of %s, which is not published, is not offered and not accepted',
    async (name) => {
      const { portal, ben } = await open(varied);
      const { id } = await withKeys(ben);
      expect((await ben.get(`/apis/${name}`)).text).toContain('This API accepts no new subscriptions.');
      expect(await ben.get(`/apis/${name}/subscribe`)).toMatchObject({ status: 303, location: `/apis/${name}` });
      const form_token = await ben.formToken('/apis/orders', '/apis/orders/subscribe');
      const sending = await ben.sending();
      const answer = await ben.post(`/apis/${name}/subscribe`, { form_token, sending, application: id });
      expect(answer).toMatchObject({ status: 303, location: `/apis/${name}` });
      expect((await portal.gate.directory.applications.find(id))?.subscriptions).toEqual([]);
      await portal.gate.directory.applications.subscribe(id, name);
      expect((await ben.get(`/apis/${name}`)).text).toContain('Subscribed with');
    },
  );

  it.each(['/apis/none', '/apis/none/subscribe', '/apis/none/agent', '/apis/none/openapi.json'])(
    '%s is not found',
    async (path) => {
      const { ben } = await open(varied);
      expect((await ben.get(path)).status).toBe(404);
    },
  );
});

describe('a public catalogue', () => {
  const openPublic = async () => {
    const portal = await servePortal({ apis: varied, applications: [] }, { portal: { public: true } });
    return { portal, visitor: new PortalVisitor(portal) };
  };

  it.each(['/apis', '/apis/orders', '/apis/orders/agent', '/apis/orders/openapi.json'])(
    'lets visitors read %s',
    async (path) => {
      const { visitor } = await openPublic();
      const { status, text } = await visitor.get(path);
      expect(status).toBe(200);
      expect(text).not.toMatch(/action="[^"]*subscribe"/);
    },
  );

  it('is the home of visitors, and asks them to sign in before they subscribe', async () => {
    const { portal, visitor } = await openPublic();
    expect(await visitor.get('/')).toMatchObject({ status: 303, location: '/apis' });
    const { text } = await visitor.get('/apis/orders');
    const back = '/sign-in?return=%2Fapis%2Forders%2Fsubscribe';
    expect(text).toContain(`<a href="/store${back}">Sign in to subscribe</a>`);
    expect((await visitor.get('/apis')).text).toContain(`href="/store${back}"`);
    expect((await visitor.get(back)).text).toContain('name="return" value="/apis/orders/subscribe"');
    expect(await visitor.get('/apis/orders/subscribe')).toMatchObject({ status: 303, location: back });
    const { status } = await new PortalVisitor(portal).get('/subscriptions');
    expect(status).toBe(303);
  });

  it('leads a visitor who signs in back to the page that the visitor read', async () => {
    const { visitor } = await openPublic();
    const signIn = async (path: string) =>
      /<a class="button plain" href="([^"]*)"/.exec((await visitor.get(path)).text)?.[1];
    expect(await signIn('/apis')).toBe('/store/sign-in');
    const address = '/sign-in?return=%2Fapis%2Forders%3Foperation%3Dop-get';
    expect(await signIn('/apis/orders?operation=op-get')).toBe(`/store${address}`);
    expect((await visitor.get(address)).text).toContain('name="return" value="/apis/orders?operation=op-get"');
  });

  it('accepts no subscription of a visitor', async () => {
    const { visitor } = await openPublic();
    const form_token = await visitor.formToken();
    const answer = await visitor.post('/apis/orders/subscribe', { form_token, sending: 'x' });
    expect(answer).toMatchObject({ status: 303, location: '/sign-in?return=%2Fapis%2Forders%2Fsubscribe' });
  });

  it('is off by default', async () => {
    const { portal } = await open(varied);
    for (const path of ['/', '/apis', '/apis/orders', '/apis/orders/agent', '/apis/orders/openapi.json']) {
      const { status, location } = await new PortalVisitor(portal).get(path);
      expect([status, location?.startsWith('/sign-in')]).toEqual([303, true]);
    }
  });

  it('shows administrators what it shows everyone', async () => {
    const { portal } = await openPublic();
    expect((await (await signedIn(portal, ADA)).get('/apis')).status).toBe(200);
  });
});
