import type { Page } from 'playwright-core';
import type { ApiDeclaration } from 'scopegate';
import { expectAccessible, openPage } from '../support/browser/chromium';
import { NO_OVERFLOW, overflowAt } from '../support/browser/overflow';
import { BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';

const content = (example: unknown, schema: object = {}) => ({ 'application/json': { schema, example } });

const order = {
  type: 'object',
  required: ['item'],
  properties: {
    item: { type: 'string', description: 'Something to drink', maxLength: 50 },
    lines: { type: 'array', items: { type: 'object', properties: { count: { type: 'integer', minimum: 1 } } } },
    state: { oneOf: [{ type: 'string', enum: ['open', 'sent'] }, { type: 'null' }] },
  },
};

/** A document with everything that the page of an API can show. */
const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'Orders',
    version: '2.0.0',
    description: '# Orders\n\nOf `tea`:\n\n- one\n- two\n\n```\ncurl\n```\n\n[terms](https://example.com/terms)',
  },
  tags: [{ name: 'Sales' }],
  paths: {
    '/': {
      get: {
        tags: ['Reading'],
        summary: 'List the orders',
        security: [{ oauth: ['read'] }],
        parameters: [
          { name: 'page', in: 'query', schema: { type: 'integer', default: 1 } },
          { name: 'X-A-Header-With-A-Rather-Long-Name-For-A-Small-Screen', in: 'header', deprecated: true },
        ],
        responses: { 200: { description: 'The orders', content: content([{ item: 'tea' }], order) } },
      },
      post: {
        tags: ['Writing'],
        summary: 'Place an order',
        deprecated: true,
        security: [{ oauth: ['read', 'update'] }],
        requestBody: { required: true, description: 'One order', content: content({ item: 'tea' }, order) },
        responses: { 201: { description: 'The order' }, default: { description: 'A fault' } },
      },
    },
    '/{id}': { get: { security: [{ oauth: ['read'] }, { oauth: ['update'] }] } },
  },
  components: { securitySchemes: { oauth: { type: 'oauth2', flows: {} } } },
};

const resources = Array.from({ length: 8 }, (_, index) => ({ path: `/items${index}/:id`, methods: ['GET'] }));

const apis: Readonly<Record<string, ApiDeclaration>> = {
  ...Object.fromEntries(
    Array.from({ length: 29 }, (_, index) => [`api${index}`, { title: `API ${index}`, resources }]),
  ),
  orders: { openapi, lifecycle: { sunset: '2027-06-30' } },
};

const open = (): Promise<ServedPortal> => servePortal({ apis, applications: [] }, { portal: { public: true } });

/** Moves the focus by Tab until the focused element has this text. */
const focus = async (page: Page, text: string): Promise<void> => {
  for (let steps = 0; steps < 200; steps += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string>(
      `(document.activeElement?.textContent || document.activeElement?.labels?.[0]?.textContent || '').trim().replace(/\\s+/g, ' ')`,
    );
    if (focused === text) return;
  }
  throw new Error(`Tab does not reach ${text}`);
};

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('in a browser %s, by keyboard alone', (_, javaScriptEnabled) => {
  it('a visitor finds an API, reads it, signs in and subscribes', async () => {
    const portal = await open();
    const { page, close } = await openPage({ javaScriptEnabled });
    await page.goto(`${portal.url}/store`);
    await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
    await page.getByText('1–20 of 30 APIs').first().waitFor();

    await focus(page, 'Search APIs');
    await page.keyboard.type('orders list');
    await page.keyboard.press('Enter');
    await page.getByText('1 API', { exact: true }).waitFor();
    await focus(page, 'Orders');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Orders', level: 1 }).waitFor();
    await page.getByText('expected to end on 2027-06-30').waitFor();

    await focus(page, 'POST /');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#op-post$/);
    await focus(page, 'Schema');
    await page.keyboard.press('Enter');
    await page.getByText('Something to drink').last().waitFor();

    await page.goto(`${portal.url}/store/apis/orders`);
    await page.getByRole('heading', { name: 'Orders', level: 1 }).waitFor();
    await focus(page, 'Sign in to subscribe');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
    await focus(page, 'User name');
    await page.keyboard.type(BEN.username);
    await focus(page, 'Password');
    await page.keyboard.type(BEN.password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Subscribe to Orders', level: 1 }).waitFor();
    await focus(page, 'Subscribe');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'You are set', level: 1 }).waitFor();
    await close();
  });
});

describe.each([
  ['light', 'en-GB'],
  ['dark', 'de-DE'],
] as const)('in %s mode, %s', (colorScheme, locale) => {
  it('the catalogue and the pages of an API are accessible and never wider than the window', async () => {
    const portal = await open();
    const { page, close } = await openPage({ colorScheme, locale });
    for (const path of ['/apis', '/apis/orders', '/apis/orders/agent']) {
      await page.goto(`${portal.url}/store${path}`);
      await page.evaluate(`document.querySelectorAll('details').forEach((details) => { details.open = true; })`);
      for (const width of [390, 1280]) {
        expect([path, width, await overflowAt(page, width)]).toEqual([path, width, NO_OVERFLOW]);
        await expectAccessible(page);
      }
    }
    await close();
  });
});
