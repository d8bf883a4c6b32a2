// Takes the screenshots of the portal for docs/portal.md. Build first: `npm run build && npm run screenshots`.
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { chromium } from 'playwright-core';
import { scopegate } from '../dist/index.js';

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));
mkdirSync(folder, { recursive: true });

const serve = async () => {
  const app = express().disable('x-powered-by');
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const gate = scopegate({
    issuer,
    scopes: { read: 'See orders', update: { description: 'Change orders', roles: ['clerk'] } },
    apis: {
      orders: {
        title: 'Orders',
        version: '1.0.0',
        resources: [
          { path: '/', methods: ['GET'], scopes: ['read'] },
          { path: '/:id', methods: ['PUT', 'PATCH'], scopes: ['update'] },
          { path: '/:id', methods: ['GET'], anyOf: ['read', 'update'] },
          { path: '/health', methods: ['GET'], public: true },
        ],
      },
    },
    organizations: [{ key: 'johnsorg', name: "John's organization" }],
    users: [{ username: 'john@gmail.com', organization: 'johnsorg', password: 'johns-password', roles: ['clerk'] }],
    logger: { info: () => undefined, warn: () => undefined, error: console.error },
  });
  app.use(gate.routes(), express.Router().use('/store', gate.portal()));
  app.use('/orders', gate.api('orders'), (_request, response) => response.json({ id: 1, state: 'sent' }));
  return { gate, server, issuer };
};

const walk = async (browser, colorScheme) => {
  const { gate, server, issuer } = await serve();
  const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 640 } });
  const page = await context.newPage();
  const click = (name, options = {}) => page.getByRole('button', { name, ...options }).click();
  const goTo = (name) => page.getByRole('navigation').getByRole('link', { name }).click();
  const shoot = (name) => page.screenshot({ path: `${folder}portal-${name}-${colorScheme}.png`, fullPage: true });

  await page.goto(`${issuer}/store`);
  await page.getByLabel('User name').fill('john@gmail.com@johnsorg');
  await page.getByLabel('Password').fill('johns-password');
  await click('Sign in');
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
  await shoot('apis');
  await click('Subscribe');
  await page.getByTestId('consumer-secret').waitFor();
  await shoot('keys');
  await goTo('My Subscriptions');
  await page.getByTestId('consumer-key').waitFor();
  await shoot('subscriptions');
  await goTo('Generate token');
  await page.getByLabel('read', { exact: true }).check();
  await click('Generate token');
  await page.getByTestId('access-token').waitFor();
  await shoot('generate-token');
  await goTo('Try it');
  await page.getByLabel('Resource').selectOption('PUT /orders/:id');
  await page.getByText('✗ update').waitFor();
  await click('Send');
  await page.getByTestId('response-status').filter({ hasText: '403' }).waitFor();
  await shoot('try-it');
  await goTo('My tokens');
  await page.getByRole('button', { name: 'Revoke all' }).waitFor();
  await shoot('tokens');
  await context.close();
  server.close();
  await gate.close();
};

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const programOnPath = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((path) => NAMES.map((name) => join(path, name)))
  .find((path) => existsSync(path));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? programOnPath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
});
for (const colorScheme of ['light', 'dark']) await walk(browser, colorScheme);
await browser.close();
