import type { RequestHandler } from 'express';
import type { Page } from 'playwright-core';
import { openPage } from '../support/browser/chromium';
import { ANA, servePortal, tokenOfAna, type ServedPortal } from '../support/portal/served-portal';
import { until } from '../support/time/waiting';

const document = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1.0.0' },
  components: { securitySchemes: { oauth: { type: 'oauth2', flows: {} } } },
  paths: {
    '/find': {
      get: {
        summary: 'Find orders',
        security: [{ oauth: ['read'] }],
        parameters: [
          { name: 'state', in: 'query', required: true, schema: { type: 'string' }, example: 'open & new' },
          { name: 'page', in: 'query', schema: { type: 'integer' }, example: 2 },
          { name: 'X-Trace', in: 'header', schema: { type: 'string' }, example: 'abc' },
        ],
      },
    },
    '/{order-id}': {
      put: {
        security: [{ oauth: ['update'] }],
        parameters: [{ name: 'order-id', in: 'path', required: true, schema: { type: 'string' }, example: 'o 7' }],
        requestBody: { content: { 'application/merge-patch+json': { example: { amount: 3 } } } },
      },
    },
  },
};

const resources = [
  { path: '/', methods: ['GET', 'HEAD', 'OPTIONS'], scopes: ['read'] },
  { path: '/:id.json', methods: ['GET'], scopes: ['read'] },
  { path: '/files/*', methods: ['GET'], scopes: ['read'] },
];

/** Answers with what it received. */
const echo: RequestHandler = (request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const { method, originalUrl: url, headers } = request;
    response.json({
      method,
      url,
      trace: headers['x-trace'],
      type: headers['content-type'],
      body: Buffer.concat(parts).toString(),
    });
  });
};

interface Opened {
  readonly portal: ServedPortal;
  readonly page: Page;
  readonly close: () => Promise<void>;
}

const open = async (
  api: object,
  upstream: RequestHandler = echo,
  {
    query = '',
    expectedStatuses = [],
  }: { readonly query?: string; readonly expectedStatuses?: readonly number[] } = {},
): Promise<Opened> => {
  const apis = { orders: { title: 'Orders', ...api } };
  const portal = await servePortal({ apis }, { upstream });
  const { page, close } = await openPage({ expectedStatuses });
  await page.goto(`${portal.url}/store/sign-in?return=${encodeURIComponent(`/try-it${query}`)}`);
  await page.getByLabel('User name').fill(ANA.username);
  await page.getByLabel('Password').fill(ANA.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Try it', level: 1 }).waitFor();
  return { portal, page, close };
};

const getToken = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Get a token for this resource' }).click();
  await page.getByText('New token with').waitFor();
};

/** Sends the request. @returns the body that the page shows */
const send = async (page: Page, status = '200'): Promise<string> => {
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByTestId('response-status').filter({ hasText: status }).waitFor();
  await page.getByText(`Response: ${status}`).waitFor();
  return (await page.getByTestId('response-body').textContent()) ?? '';
};

describe('a request of Try it', () => {
  it('has the documented query parameters and headers, and further ones', async () => {
    const { page, close } = await open({ openapi: document, context: '/orders' });
    expect(await page.getByLabel('Resource').inputValue()).toBe('GET /orders/find');
    await getToken(page);
    expect(await page.getByLabel('state').inputValue()).toBe('open & new');
    expect(await page.getByLabel('page', { exact: true }).getAttribute('placeholder')).toBe('2');
    await page.getByLabel('X-Trace').fill('t-1');
    await page.getByRole('button', { name: 'Add a parameter' }).click();
    await page.keyboard.type('größe');
    await page.keyboard.press('Tab');
    await page.keyboard.type('a=b');
    expect(JSON.parse(await send(page))).toMatchObject({
      url: '/orders/find?state=open+%26+new&gr%C3%B6%C3%9Fe=a%3Db',
      trace: 't-1',
    });
    await close();
  });

  it('has the path, the media type and the body of the example', async () => {
    const query = '?api=orders&method=PUT&path=%2F%3Aorder_id';
    const { page, close } = await open({ openapi: document, context: '/orders' }, echo, { query });
    expect(await page.getByLabel('Resource').inputValue()).toBe('PUT /orders/:order_id');
    await getToken(page);
    const body = await send(page);
    expect(JSON.parse(body)).toMatchObject({
      method: 'PUT',
      url: '/orders/o%207',
      type: 'application/merge-patch+json',
      body: '{\n  "amount": 3\n}',
    });
    expect(body).toContain('\n  "method": "PUT"'); // formatted
    await close();
  });

  it.each([
    ['GET /orders/:id.json', 'id', 'a b', '/orders/a%20b.json'],
    ['GET /orders/files/*', 'Rest of the path', 'über/x y.txt', '/orders/files/%C3%BCber/x%20y.txt'],
  ])('fills in the path of %s', async (resource, label, value, url) => {
    const { page, close } = await open({ resources });
    await page.getByLabel('Resource').selectOption(resource);
    await page.getByLabel(label, { exact: true }).fill(value);
    await getToken(page);
    expect(JSON.parse(await send(page))).toMatchObject({ url });
    await close();
  });

  it('can have the methods HEAD and OPTIONS', async () => {
    const { page, close } = await open({ resources });
    await getToken(page);
    await page.getByLabel('Resource').selectOption('HEAD /orders');
    await send(page);
    await page.getByText('The body is empty.').waitFor();
    await page.getByLabel('Resource').selectOption('OPTIONS /orders');
    expect(JSON.parse(await send(page))).toMatchObject({ method: 'OPTIONS' });
    await close();
  });

  it('is not sent with what browsers do not send, and the page says why', async () => {
    const { page, close } = await open({ resources });
    const refused = async (text: string): Promise<void> => {
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await page.getByText(text).waitFor();
      expect(await page.getByTestId('response-status').isVisible()).toBe(false);
    };
    await page.getByText('Headers', { exact: true }).first().click();
    await page.getByRole('button', { name: 'Add a header' }).click();
    for (const [name, text] of [
      ['Cookie', 'Browsers set "Cookie" themselves'],
      ['Authorization', 'Enter the token in the field Access token'],
      ['a b', '"a b" is not a valid header name.'],
    ] as const) {
      await page.getByLabel('Name', { exact: true }).fill(name);
      await refused(text);
    }
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByLabel('Resource').selectOption('GET /orders/files/*');
    await page.getByLabel('Rest of the path').fill('../x');
    await refused('cannot be "." or ".."');
    await close();
  });
});

describe('the response of Try it', () => {
  it('can be cancelled while it is pending, and the button says that it is', async () => {
    let isClosed = false;
    const { page, close } = await open({ resources }, (request) => {
      request.on('close', () => (isClosed = true));
    });
    await getToken(page);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    expect(await page.getByRole('button', { name: 'Sending…' }).getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByTestId('response-status').filter({ hasText: 'Cancelled.' }).waitFor();
    await until(() => isClosed);
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isEnabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Cancel' }).isVisible()).toBe(false);
    await close();
  });

  it('shows what has arrived of a stream that is cancelled', async () => {
    const { page, close } = await open({ resources }, (_request, response) => {
      response.type('text/event-stream').write('data: first\n\n');
    });
    await getToken(page);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Receiving…').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByTestId('response-body').filter({ hasText: 'data: first' }).waitFor();
    await page.getByText('Cancelled.').waitFor();
    await close();
  });

  it('shows size and note of a body that is not text, and offers it as a file', async () => {
    const bytes = Buffer.from([0, 255, 128, 7]);
    const { page, close } = await open({ resources }, (_request, response) => {
      response.type('image/png').send(bytes);
    });
    await getToken(page);
    expect(await send(page)).toBe('');
    await page.getByText('The body is not text (image/png).').waitFor();
    expect(await page.getByTestId('response-size').textContent()).toBe('4 bytes');
    const downloaded = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Save the body' }).click();
    expect((await downloaded).suggestedFilename()).toMatch(/^orders/);
    await close();
  });

  it('shows the beginning of a huge body', async () => {
    const { page, close } = await open({ resources }, (_request, response) => {
      response.type('text/plain').send('x'.repeat(11 * 1024 * 1024));
    });
    await getToken(page);
    expect(await send(page)).toHaveLength(100_000);
    await page.getByText('Only the first 100,000 characters are shown.').waitFor();
    await page.getByText('The body is larger than 10,485,760 bytes.').waitFor();
    await close();
  });

  it('leaves numbers as they are that JavaScript cannot represent', async () => {
    const { page, close } = await open({ resources }, (_request, response) => {
      response.type('application/json').send('{"id":12345678901234567890}');
    });
    await getToken(page);
    expect(await send(page)).toBe('{"id":12345678901234567890}');
    await close();
  });

  it('offers a new token after a 401', async () => {
    const { portal, page, close } = await open({ resources }, echo, { expectedStatuses: [401] });
    const token = await tokenOfAna(portal);
    await page.getByLabel('Access token').fill(token);
    await page.getByText('✓ read').waitFor();
    await portal.gate.tokens.revoke({ token });
    await send(page, '401');
    await page.getByText('it has expired or was revoked').waitFor();
    await page.getByRole('button', { name: 'Get a new token' }).click();
    await page.getByText('New token with read').waitFor();
    expect(await page.getByLabel('Access token').inputValue()).not.toBe(token);
    expect(JSON.parse(await send(page))).toMatchObject({ url: '/orders' });
    await close();
  });
});

it('a list of many operations can be filtered', async () => {
  const many = Array.from({ length: 20 }, (_, index) => ({ path: `/part-${index}`, methods: ['GET'], public: true }));
  const { page, close } = await open({ resources: many });
  await page.getByLabel('Find an operation').fill('get part-17');
  expect(await page.getByLabel('Resource').locator('option').count()).toBe(1);
  expect(JSON.parse(await send(page))).toMatchObject({ url: '/orders/part-17' });
  await close();
});
