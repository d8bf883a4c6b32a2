import express from 'express';
import type { Page } from 'playwright-core';
import { openPage } from '../support/browser/chromium';
import { ANA, servePortal, type ServedPortal, type ServeOptions, tokenOfAna } from '../support/portal/served-portal';
import { signedIn, PortalVisitor } from '../support/portal/visitor';

const signOut = async (portal: ServedPortal, headers: Readonly<Record<string, string>>): Promise<number> => {
  const ana = await signedIn(portal, ANA);
  const form_token = await ana.formToken('/apis', '/sign-out');
  return (await ana.post('/sign-out', { form_token }, headers)).status;
};

describe('a form of the portal', () => {
  const portOf = ({ url }: ServedPortal): string => new URL(url).port;

  it('is accepted from the origin that the browser used, whatever the issuer is', async () => {
    const portal = await servePortal({ issuer: 'http://127.0.0.1:9' });
    expect(await signOut(portal, { Origin: portal.url })).toBe(303);
  });

  it('is refused from another port, another scheme and another name of the same machine', async () => {
    const portal = await servePortal({ issuer: 'http://127.0.0.1:9' });
    const others = [
      'http://127.0.0.1:1',
      `https://127.0.0.1:${portOf(portal)}`,
      `http://localhost:${portOf(portal)}`,
      `${portal.url}/`,
      '',
    ];
    for (const Origin of others) expect([Origin, await signOut(portal, { Origin })]).toEqual([Origin, 403]);
  });

  it.each(['http://127.0.0.1:9', 'https://api.example.com'])(
    'S-281 po-csrf: is refused with the origin null for the issuer %s',
    async (issuer) => {
      expect(await signOut(await servePortal({ issuer }), { Origin: 'null' })).toBe(403);
    },
  );

  it("is accepted from the issuer's origin, because a proxy may have replaced Host", async () => {
    const portal = await servePortal({ issuer: 'http://api.example.com' });
    expect(await signOut(portal, { Origin: 'http://api.example.com' })).toBe(303);
    expect(await signOut(portal, { Origin: 'https://api.example.com' })).toBe(403);
  });

  describe('behind a proxy', () => {
    const forwarded = { 'X-Forwarded-Host': 'dev.example.com', 'X-Forwarded-Proto': 'https' };
    const Origin = 'https://dev.example.com';

    it('is accepted from the forwarded origin if Express trusts the proxy', async () => {
      const portal = await servePortal({}, { settings: { 'trust proxy': 1 } });
      expect(await signOut(portal, { ...forwarded, Origin })).toBe(303);
      expect(await signOut(portal, { ...forwarded, Origin: 'http://dev.example.com' })).toBe(403);
      expect(await signOut(portal, { ...forwarded, 'X-Forwarded-Host': 'a b', Origin })).toBe(403);
    });

    it('is refused from the forwarded origin if Express does not trust the proxy', async () => {
      expect(await signOut(await servePortal(), { ...forwarded, Origin })).toBe(403);
    });
  });
});

describe('the connect-src policy of a page', () => {
  const policyOf = async (portal: ServedPortal, headers = {}): Promise<string> =>
    (await new PortalVisitor(portal).get('/sign-in', headers)).headers.get('content-security-policy') ?? '';

  it("contains its own origin, and not the issuer's", async () => {
    const policy = await policyOf(await servePortal({ issuer: 'https://api.example.com' }));
    expect(policy).toContain("connect-src 'self';");
  });

  it('contains the origin of the APIs as well if the portal has its own host', async () => {
    const portal = await servePortal({}, { portal: { apiUrl: 'https://api.example.com/v1/' } });
    expect(await policyOf(portal)).toContain("connect-src 'self' https://api.example.com;");
    const ana = await signedIn(portal, ANA);
    expect((await ana.get('/try-it')).text).toContain('data-api-base="https://api.example.com/v1"');
  });
});

const signIn = async (page: Page, address: string): Promise<void> => {
  await page.goto(address);
  await page.getByLabel('User name').fill(ANA.username);
  await page.getByLabel('Password').fill(ANA.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
};

/** Sends a request of Try it with a token, and gives the status that the page shows. */
const tryWith = async (page: Page, address: string, token: string): Promise<string> => {
  await page.goto(`${address}/try-it`);
  await page.getByLabel('Access token').fill(token);
  await page.getByText('✓ read').waitFor();
  await page.getByRole('button', { name: 'Send' }).click();
  const status = page.getByTestId('response-status').filter({ hasText: /\S/ });
  await status.waitFor();
  return (await status.textContent()) ?? '';
};

describe.each(['127.0.0.1', 'localhost', 'store.test'])('a portal that is opened at http://%s', (host) => {
  it('accepts forms, and Try it reaches the APIs', async () => {
    const portal = await servePortal();
    const address = `http://${host}:${new URL(portal.url).port}/store`;
    const { page, addresses, close } = await openPage();
    await signIn(page, address);
    expect(await tryWith(page, address, await tokenOfAna(portal))).toMatch(/^200/);
    expect(addresses.map((asked) => new URL(asked).hostname)).toEqual(addresses.map(() => host));
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You have signed out.').waitFor();
    await close();
  });
});

const apps: readonly (readonly [name: string, createApp: typeof express])[] = [
  ['Express 5', express],
  ['Express 4', jest.requireActual<typeof express>('express4')],
];

describe.each(apps)('a portal behind a proxy that removes /gw from paths, in %s', (_name, createApp) => {
  const proxied: readonly (readonly [name: string, options: ServeOptions])[] = [
    ['publicPath', { portal: { publicPath: '/gw/store' } }],
    ['X-Forwarded-Prefix under "trust proxy"', { settings: { 'trust proxy': 1 } }],
  ];

  it.each(proxied)('works from the sign-in to Try it with %s', async (_how, options) => {
    const portal = await servePortal(
      {},
      {
        ...options,
        createApp,
        proxy: (request) => {
          // A path without the prefix belongs to another application.
          request.url = /^\/gw(\/.*)$/.exec(request.url ?? '')?.[1] ?? '/elsewhere';
          request.headers['x-forwarded-prefix'] = '/gw';
        },
      },
    );
    const address = `${portal.url}/gw/store`;
    const { page, addresses, close } = await openPage();
    await signIn(page, address);
    expect((await page.context().cookies()).map(({ path }) => path)).toEqual(['/']);
    expect(await tryWith(page, address, await tokenOfAna(portal))).toMatch(/^200/);
    expect(addresses.filter((asked) => !new URL(asked).pathname.startsWith('/gw/'))).toEqual([]);
    await close();
  });
});

describe('a forwarded path prefix', () => {
  const locationWith = async (prefix: string, settings = {}): Promise<string | undefined> => {
    const portal = await servePortal({}, { settings });
    const answer = await fetch(`${portal.url}/store/apis`, {
      redirect: 'manual',
      headers: { 'X-Forwarded-Prefix': prefix },
    });
    return answer.headers.get('location') ?? undefined;
  };

  it('has no effect without "trust proxy"', async () => {
    expect(await locationWith('/gw')).toMatch(/^\/store\/sign-in/);
  });

  it.each(['//evil.example', 'https://evil.example', '/..', '/a/../b', '/a b', '/%2f', 'gw', '/', '/a?b', '/a//b'])(
    'S-288 po-redirect: has no effect as %j with "trust proxy"',
    async (prefix) => {
      expect(await locationWith(prefix, { 'trust proxy': 1 })).toMatch(/^\/store\/sign-in/);
    },
  );

  it('is accepted with a trailing slash, which some proxies add', async () => {
    expect(await locationWith('/a/b/', { 'trust proxy': 1 })).toMatch(/^\/a\/b\/store\/sign-in/);
  });
});
