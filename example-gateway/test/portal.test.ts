import { expectCleanAnswer } from '../../test/support/expect/clean-answer';
import { valuesOf, type RawResponse } from '../../test/support/http/raw-http';
import { faultsOf, faultsWith, read } from './support/faults';
import { aConfiguration, aGateway, anApi, JOHN, type TestGateway } from './support/gateway';
import { echoUpstream } from './support/upstream';

/** The portal settings of a file. */
const portalOf = (portal: unknown, environment: Readonly<Record<string, string>> = {}) =>
  read(JSON.stringify(aConfiguration({ portal })), environment).portal;

const PATH_RULE = 'must be a path such as /store, without a slash at its end';
const FORM_RULE =
  'portal: must be a path such as /store, or a map; known keys are path, signUp, public, title, publicPath, apiUrl, language, logo, accent, footer, intro; leave it out for no portal';

describe('the option `portal`', () => {
  it('may be omitted, with and without its key', () => {
    expect(read(JSON.stringify(aConfiguration())).portal).toBeUndefined();
    expect(portalOf(null)).toBeUndefined();
  });

  it.each([
    ['a path', '/store', { path: '/store', options: {} }],
    ['a path of several segments', '/our/api-store_2.0~', { path: '/our/api-store_2.0~', options: {} }],
    ['a map with the path alone', { path: '/store' }, { path: '/store', options: {} }],
    [
      'a whole map',
      { path: '/store', signUp: { organizations: ['johnsorg'] }, title: 'Our APIs' },
      { path: '/store', options: { signUp: { organizations: ['johnsorg'] }, title: 'Our APIs' } },
    ],
    [
      'a sign-up that needs approval',
      { path: '/store', signUp: { organizations: ['johnsorg'], approval: true } },
      { path: '/store', options: { signUp: { organizations: ['johnsorg'], approval: true } } },
    ],
    [
      'a map with the addresses that browsers use',
      { path: '/store', publicPath: '/gw/store', apiUrl: 'https://api.example.com' },
      { path: '/store', options: { publicPath: '/gw/store', apiUrl: 'https://api.example.com' } },
    ],
    [
      'a map with the look of its pages',
      { path: '/store', accent: '#1d3fae', intro: 'Welcome', footer: { links: [{ text: 'Terms', url: '/terms' }] } },
      {
        path: '/store',
        options: { accent: '#1d3fae', intro: 'Welcome', footer: { links: [{ text: 'Terms', url: '/terms' }] } },
      },
    ],
    ['a map with keys without a value', { path: '/store', signUp: null, title: null }, { path: '/store', options: {} }],
    [
      'the longest title',
      { path: '/store', signUp: false, title: 'ö'.repeat(100) },
      { path: '/store', options: { signUp: false, title: 'ö'.repeat(100) } },
    ],
  ])('may be %s', (_, portal, expected) => {
    expect(portalOf(portal)).toEqual(expected);
  });

  it('takes its values from the environment, the title as a text and `signUp` as a switch', () => {
    const environment = { STORE: '/store', OPEN: 'false', KEY: '42', TITLE: '2024' };
    expect(portalOf('${STORE}', environment)).toEqual({ path: '/store', options: {} });
    expect(portalOf({ path: '${STORE}', signUp: '${OPEN}', title: '${TITLE}' }, environment)).toEqual({
      path: '/store',
      options: { signUp: false, title: '2024' },
    });
    expect(portalOf({ path: '/store', signUp: { organizations: ['${KEY}'] } }, environment)).toEqual({
      path: '/store',
      options: { signUp: { organizations: ['42'] } },
    });
  });

  it.each([
    [true, FORM_RULE],
    [false, FORM_RULE],
    [80, FORM_RULE],
    [['/store'], FORM_RULE],
    ['', `portal: ${PATH_RULE}`],
    ['/', `portal: ${PATH_RULE}`],
    ['store', `portal: ${PATH_RULE}`],
    ['/store/', `portal: ${PATH_RULE}`],
    ['//store', `portal: ${PATH_RULE}`],
    ['/st%6Fre', `portal: ${PATH_RULE}`],
    ['/:store', `portal: ${PATH_RULE}`],
    ['/store?a', `portal: ${PATH_RULE}`],
    ['/store\n', `portal: ${PATH_RULE}`],
    ['http://a/store', `portal: ${PATH_RULE}`],
    ['/../store', 'portal: must not have dot segments'],
    ['/store/.', 'portal: must not have dot segments'],
    [{}, `portal.path: is missing: it ${PATH_RULE}`],
    [{ signUp: false }, `portal.path: is missing: it ${PATH_RULE}`],
    [{ path: 'store' }, `portal.path: ${PATH_RULE}`],
    [{ path: 1 }, /^portal\.path: must be a path .*; YAML reads it as a number, so put it in quotes$/],
    [{ path: '/store', signup: true }, 'portal.signup: is unknown; did you mean "signUp"?'],
    [{ path: '/store', signUp: 'yes' }, 'portal.signUp: must be true, false or { organizations: [johnsorg] }'],
    [{ path: '/store', signUp: true }, /^portal\.signUp: is true, but there are organizations: list those/],
    [{ path: '/store', signUp: {} }, 'portal.signUp.organizations: must be a list of 1 to 100 keys of organizations'],
    [
      { path: '/store', signUp: { organizations: [] } },
      'portal.signUp.organizations: must be a list of 1 to 100 keys of organizations',
    ],
    [
      { path: '/store', signUp: { organizations: ['a', 'b c'] } },
      'portal.signUp.organizations[1]: must be 1 to 64 letters, digits, dots, hyphens or underscores',
    ],
    [
      { path: '/store', signUp: { organizations: [42] } },
      /^portal\.signUp\.organizations\[0\]: must be .*; YAML reads it as a number, so put it in quotes$/,
    ],
    [
      { path: '/store', signUp: { organization: 'a', organizations: ['a'] } },
      'portal.signUp.organization: is unknown; did you mean "organizations"?',
    ],
    [
      { path: '/store', signUp: { organizations: ['a'], approval: 'yes' } },
      'portal.signUp.approval: must be true or false',
    ],
    [{ path: '/store', accent: 'green' }, 'portal.accent: must be a colour such as #0b5c4b; got "green"'],
    [
      { path: '/store', accent: null },
      'portal.accent: has no value: put the colour in quotes, because # begins a comment',
    ],
    [{ path: '/store', logo: 'nothing.svg' }, /^portal\.logo: cannot be read \(ENOENT\)/],
    [
      { path: '/store', footer: { links: [{ text: 'Terms', url: 'terms' }] } },
      /^portal\.footer\.links\[0\]\.url: must be an https or mailto URL/,
    ],
    [{ path: '/store', title: '' }, 'portal.title: must be a string of 1 to 100 characters'],
    [{ path: '/store', title: 'a'.repeat(101) }, 'portal.title: must be a string of 1 to 100 characters'],
    [{ path: '/store', publicPath: '/gw/' }, /^portal\.publicPath: must be a path such as \/gw\/store/],
    [{ path: '/store', publicPath: '//gw' }, /^portal\.publicPath: must be a path such as \/gw\/store/],
    [{ path: '/store', apiUrl: 'api.example.com' }, /^portal\.apiUrl: must be an http or https address/],
    [{ path: '/store', apiUrl: 'https://a.example:99999' }, /^portal\.apiUrl: must be an http or https address/],
    [{ path: '/store', title: 'a\nb' }, 'portal.title: must be a string of 1 to 100 characters'],
    [
      { path: '/store', title: 2024 },
      'portal.title: must be a string of 1 to 100 characters; YAML reads it as a number, so put it in quotes',
    ],
  ])('is refused with a message that names the fault: %j', async (portal, expected) => {
    expect(await faultsWith({ portal })).toEqual([
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    ]);
  });

  it.each([
    ['the context itself', '/orders', { context: '/orders' }],
    ['the name, if there is no context', '/orders', { context: undefined }],
    ['below a context', '/orders/store', { context: '/orders' }],
    ['above a context', '/v1', { context: '/v1/orders' }],
  ])('cannot conflict with APIs: %s', async (_, portal, api) => {
    const context = api.context ?? '/orders';
    const apis = { orders: anApi('demo:orders', api) };
    const problem = `must not be, contain or be inside the context of an API; that of "orders" is ${context}`;
    expect(await faultsWith({ apis, portal })).toEqual([`portal: ${problem}`]);
    expect(await faultsWith({ apis, portal: { path: portal } })).toEqual([`portal.path: ${problem}`]);
  });

  it('may begin with the text of a context', () => {
    expect(portalOf('/ordersstore')?.path).toBe('/ordersstore');
    expect(portalOf('/order')?.path).toBe('/order');
  });

  it.each([
    ['/authorize', '/authorize'],
    ['/token', '/token'],
    ['/revoke', '/revoke'],
    ['/introspect', '/introspect'],
    ['/health/live', '/health/live'],
    ['/health/ready', '/health/ready'],
    ['/.well-known', '/.well-known'],
  ])('cannot conflict with endpoints: %s', async (portal, endpoint) => {
    expect(await faultsWith({ portal })).toEqual([
      `portal: must not be or contain the path of an endpoint: ${endpoint}`,
    ]);
  });

  it('cannot be below the authorization endpoint, unless that has another path or none', async () => {
    const portal = '/authorize/store';
    const problem = 'portal: must not be below /authorize, where the authorization endpoint has its pages';
    expect(await faultsWith({ portal })).toEqual([problem]);
    for (const authorize of [false, '/login']) {
      expect(read(JSON.stringify(aConfiguration({ portal, paths: { authorize } }))).portal?.path).toBe(portal);
    }
  });

  it('cannot be a path that contains an endpoint, or any path under /.well-known', async () => {
    expect(await faultsWith({ portal: '/health' })).toEqual([
      'portal: must not be or contain the path of an endpoint: /health/live',
      'portal: must not be or contain the path of an endpoint: /health/ready',
    ]);
    expect(await faultsWith({ portal: '/.well-known/store' })).toEqual([
      'portal: must not be below /.well-known, which is reserved (RFC 8615)',
    ]);
  });

  it('cannot conflict with endpoints under the names that the file gives them', async () => {
    expect(await faultsWith({ portal: '/sign-in', paths: { token: '/sign-in' } })).toEqual([
      'portal: must not be or contain the path of an endpoint: /sign-in',
    ]);
    const moved = aConfiguration({ portal: '/token', paths: { token: '/sign-in' } });
    expect(read(JSON.stringify(moved)).portal?.path).toBe('/token');
    const left = aConfiguration({ portal: '/introspect', paths: { introspect: false } });
    expect(read(JSON.stringify(left)).portal?.path).toBe('/introspect');
  });

  it('is reported with line and column, together with the other faults', async () => {
    const faults = await faultsOf(
      'portal:\n  path: /orders\n  signUp: 1\n  titel: A\napis:\n  orders: { upstream: x, resources: [] }\n',
    );
    expect(faults).toEqual([
      expect.stringMatching(/^2:3: portal\.path: must not be, contain or be inside the context of an API; /),
      '3:3: portal.signUp: must be true, false or { organizations: [johnsorg] }',
      '4:3: portal.titel: is unknown; did you mean "title"?',
      expect.stringMatching(/^6:13: apis\.orders\.upstream: must be an http or https address/),
    ]);
    expect((await faultsOf('scopes: {}\nportal: /token\n'))[0]).toMatch(
      /^2:1: portal: must not be or contain the path/,
    );
  });
});

describe('a gateway without a portal', () => {
  it.each(['/store', '/store/', '/store/sign-in', '/'])('answers 404 at %s', async (path) => {
    const gateway = await aGateway();
    const answer = await gateway.send([`GET ${path} HTTP/1.1`]);
    expectCleanAnswer(answer, { status: 404, from: 'gateway', error: 'not_found' });
  });
});

describe('a gateway with a portal', () => {
  /** The name and value of the cookie that an answer sets. */
  const cookieOf = (answer: Pick<RawResponse, 'headers'>): string =>
    valuesOf(answer, 'set-cookie')[0]?.split(';')[0] ?? '';

  /** Signs John in as a browser would, and gives his cookie. */
  const signIn = async (gateway: TestGateway): Promise<string> => {
    const page = await gateway.send(['GET /store/sign-in HTTP/1.1']);
    const [, formToken = ''] = /name="form_token" value="([^"]+)"/.exec(page.body) ?? [];
    const username = `${JOHN.username}@johnsorg`;
    const form = { form_token: formToken, username, password: JOHN.password };
    const lines = [
      'POST /store/sign-in HTTP/1.1',
      'Content-Type: application/x-www-form-urlencoded',
      `Cookie: ${cookieOf(page)}`,
    ];
    const answer = await gateway.send(lines, { body: new URLSearchParams(form).toString() });
    expect(answer.status).toBe(303);
    return cookieOf(answer);
  };

  it.each(['/store', '/store/', '/store?a=1'])(
    'redirects a visitor who has not signed in from %s to the sign-in',
    async (target) => {
      const gateway = await aGateway({ keys: { portal: '/store' } });
      const answer = await gateway.send([`GET ${target} HTTP/1.1`]);
      expect(answer.status).toBe(303);
      expect(valuesOf(answer, 'location')).toEqual([expect.stringMatching(/^\/store\/sign-in(?:\?|$)/)]);
      expect(cookieOf(answer)).toMatch(/^scopegate=./);
      expect(gateway.portalUrl).toBe(`${gateway.url}/store`);
    },
  );

  it('derives the name of the portal cookie from the address at which clients reach the gateway', async () => {
    const gateway = await aGateway({ keys: { portal: '/store', issuer: 'https://api.example.com' } });
    expect(cookieOf(await gateway.send(['GET /store/sign-in HTTP/1.1']))).toMatch(/^__Host-scopegate=./);
  });

  it('serves the portal below several path segments as well', async () => {
    const gateway = await aGateway({ keys: { portal: { path: '/our/store' } } });
    const [location] = valuesOf(await gateway.send(['GET /our/store HTTP/1.1']), 'location');
    expect(location).toMatch(/^\/our\/store\/sign-in/);
    expect((await gateway.send(['GET /our/store/sign-in HTTP/1.1'])).status).toBe(200);
  });

  it.each(['/storefront', '/Store', '/our/store', '/'])('serves nothing of the portal at %s', async (path) => {
    const gateway = await aGateway({ keys: { portal: '/store' } });
    const answer = await gateway.send([`GET ${path} HTTP/1.1`]);
    expectCleanAnswer(answer, { status: 404, from: 'gateway', error: 'not_found' });
  });

  it.each(['/store//sign-in', '/store/./sign-in', '/st%6Fre', '/orders/../store', '/store/sign-in;a=1'])(
    'refuses a non-canonical path before the portal: %s',
    async (path) => {
      const gateway = await aGateway({ keys: { portal: '/store' } });
      expect((await gateway.send([`GET ${path} HTTP/1.1`])).status).toBe(400);
    },
  );

  it.each(['X-HTTP-Method-Override: DELETE', 'X-HTTP-Method: DELETE', 'X-Method-Override: DELETE'])(
    'does not let a header override the method: %s',
    async (header) => {
      const gateway = await aGateway({ keys: { portal: '/store' } });
      expect((await gateway.send(['GET /store/sign-in?_method=DELETE HTTP/1.1', header])).status).toBe(200);
      expect((await gateway.send(['DELETE /store/sign-in HTTP/1.1'])).status).toBe(405);
    },
  );

  it('passes the title and `signUp` on to the portal', async () => {
    const signUp = { organizations: ['johnsorg'] };
    const open = await aGateway({ keys: { portal: { path: '/store', signUp, title: 'Our <APIs>' } } });
    expect((await open.send(['GET /store/sign-in HTTP/1.1'])).body).toContain('Our &lt;APIs&gt;');
    expect((await open.send(['GET /store/sign-up HTTP/1.1'])).status).toBe(200);
    const closed = await aGateway({ keys: { portal: '/store' } });
    expect((await closed.send(['GET /store/sign-up HTTP/1.1'])).status).toBe(404);
  });

  it('answers 404 to unknown portal paths itself, and leaves the APIs to their guards', async () => {
    const gateway = await aGateway({ keys: { portal: '/store' } });
    const missing = await gateway.send(['GET /store/nothing HTTP/1.1']);
    expect({ status: missing.status, type: valuesOf(missing, 'content-type') }).toEqual({
      status: 404,
      type: ['text/html; charset=utf-8'],
    });
    expect((await gateway.send(['GET /orders HTTP/1.1'])).status).toBe(401);
    expect((await gateway.send(['GET /orders HTTP/1.1'], { token: await gateway.token('read') })).status).toBe(200);
  });

  it('does not forward a session cookie to the upstreams, and does not accept it as a token', async () => {
    const upstream = await echoUpstream();
    const gateway = await aGateway({ upstream: upstream.url, keys: { portal: '/store' } });
    const cookie = await signIn(gateway);
    expect((await gateway.send(['GET /store/apis HTTP/1.1', `Cookie: ${cookie}`])).status).toBe(200);

    const lines = ['GET /orders/health HTTP/1.1', `Cookie: theme=dark; ${cookie}`];
    expect((await gateway.send(lines)).status).toBe(200);
    expect(upstream.only().headers).toContainEqual(['cookie', 'theme=dark']);
    expect(cookie).toMatch(/^scopegate=.{40}/);
    expect(upstream.bytes()).not.toContain(cookie.slice('scopegate='.length, 'scopegate='.length + 44));
    expect((await gateway.send(['GET /orders HTTP/1.1', `Cookie: ${cookie}`])).status).toBe(401);
  });

  describe('the root of the host', () => {
    const BROWSER = 'Accept: text/html,application/xhtml+xml,*/*;q=0.8';

    it.each([
      ['the portal', '/our/store', 'our/store'],
      ['its public path', { path: '/store', publicPath: '/gw/store' }, '/gw/store'],
    ])('redirects browsers to %s', async (_, portal, location) => {
      const gateway = await aGateway({ keys: { portal } });
      const answer = await gateway.send(['GET / HTTP/1.1', BROWSER]);
      expect([answer.status, valuesOf(answer, 'location'), valuesOf(answer, 'vary')]).toEqual([
        302,
        [location],
        ['Accept'],
      ]);
    });

    it('answers 404 to programs, to forms, and without a portal', async () => {
      const gateway = await aGateway({ keys: { portal: '/store' } });
      for (const lines of [
        ['GET / HTTP/1.1', 'Accept: application/json'],
        ['GET / HTTP/1.1'],
        ['POST / HTTP/1.1', BROWSER, 'Content-Length: 0'],
        ['GET /other HTTP/1.1', BROWSER],
      ]) {
        expect((await gateway.send(lines)).status).toBe(404);
      }
      const plain = await aGateway();
      expect((await plain.send(['GET / HTTP/1.1', BROWSER])).status).toBe(404);
    });
  });
});
