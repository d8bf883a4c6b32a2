import { ADA, ANA, BEN, EVE, servePortal } from '../support/portal/served-portal';
import { usedPortal } from '../support/portal/used-portal';
import { signedIn } from '../support/portal/visitor';

/** The texts of the cells of each row of the tables with this caption. */
const rowsOf = (page: string, caption: string): readonly (readonly string[])[] => {
  const [, table = ''] = new RegExp(`aria-label="${caption}">([\\s\\S]*?)</table>`).exec(page) ?? [];
  const [, body = ''] = /<tbody[^>]*>([\s\S]*?)<\/tbody>/.exec(table) ?? [];
  return [...body.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell = '']) =>
      cell
        .replaceAll(/<[^>]*>/g, '')
        .replaceAll(/[ \n]+/g, ' ')
        .trim(),
    ),
  );
};

const LATENCY = expect.stringMatching(/^[\d,]+\u00A0ms$/);

describe('the page of usage', () => {
  it('shows the numbers of each application and API, as a chart and in tables', async () => {
    const portal = await usedPortal();
    const ana = await signedIn(portal, ANA);
    const { status, text } = await ana.get('/usage');
    expect(status).toBe(200);
    expect(rowsOf(text, 'By application and API')).toEqual([
      ['Declared app', 'Orders', 'Production', '12', '7', '0', '0', '5', LATENCY, LATENCY, '0 of 7 (plan tiny)'],
    ]);
    const spans = rowsOf(text, 'Time spans without requests are left out.');
    const sums = [1, 2, 3, 4, 5].map((column) => spans.reduce((sum, cells) => sum + Number(cells[column]), 0));
    expect(sums).toEqual([12, 7, 0, 0, 5]);
    expect(spans.every(([time = '']) => /^\d\d-\d\d \d\d:00$/.test(time))).toBe(true);
    expect(text).toContain('data-testid="usage-chart"');
    expect(text).toContain('In total: 12 requests, 0 errors, 5 refused.');
    expect(text).not.toContain('style=');
  });

  it.each([
    ['hour', 60],
    ['day', 24],
    ['month', 30],
    ['century', 24],
  ])('has the time spans of the period %s', async (period, length) => {
    const ana = await signedIn(await usedPortal(), ANA);
    const { text } = await ana.get(`/usage?period=${period}`);
    const spans = rowsOf(text, 'Time spans without requests are left out.');
    expect([...text.matchAll(/: \d+ requests, \d+ errors, \d+ refused<\/title/g)]).toHaveLength(length);
    expect(spans.reduce((sum, [, requests]) => sum + Number(requests), 0)).toBe(12);
  });

  it('names the next step of a user without applications, and of one without requests', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    expect((await ben.get('/usage')).text).toContain('href="/store/apis">Subscribe to an API</a>');
    const ana = await signedIn(portal, ANA);
    expect((await ana.get('/usage')).text).toContain('href="/store/try-it">Try it: send a request</a>');
  });

  it('is in German for a visitor who prefers it', async () => {
    const ana = await signedIn(await usedPortal(), ANA);
    const { text } = await ana.get('/usage', { 'Accept-Language': 'de' });
    expect(text).toContain('Letzte 24 Stunden');
    expect(text).toContain('Restkontingent');
    expect(text).not.toContain('Refused');
  });

  it('shows that the operator has turned off usage', async () => {
    const portal = await servePortal({ usage: false });
    const ana = await signedIn(portal, ANA);
    for (const path of ['/usage', '/applications/key/usage']) {
      expect((await ana.get(path)).text).toContain('The operator of the gateway has turned off usage.');
    }
    const ada = await signedIn(portal, ADA);
    expect((await ada.get('/admin/usage')).text).toContain('turned off usage');
  });
});

describe('the page of usage of an application', () => {
  it('shows its numbers by API, and explains its refusals without text of the requests', async () => {
    const ana = await signedIn(await usedPortal(), ANA);
    const { text } = await ana.get('/applications/key/usage?period=month');
    expect(rowsOf(text, 'By API')).toEqual([
      ['Orders', 'Production', '12', '7', '0', '0', '5', LATENCY, LATENCY, '0 of 7 (plan tiny)'],
    ]);
    const refusals = rowsOf(text, 'The last 20 different refusals of the past 7 days.');
    const byRequest = refusals.map(([_last, ...cells]) => cells);
    expect(byRequest.toSorted(([one = ''], [other = '']) => one.localeCompare(other))).toEqual([
      [
        'GET /orders',
        '429 plan_exceeded The plan tiny was used up. Wait until it resets, or change the plan.',
        'Production',
        '2',
      ],
      [
        'PUT /orders/:id',
        '403 insufficient_scope The token doesn&#39;t include update. Get a token with all scopes of the resource.',
        'Production',
        '3',
      ],
    ]);
    expect(text).not.toContain('secret=');
    expect(text).toContain('href="/store/try-it?api=orders&amp;method=PUT&amp;path=%2F%3Aid"');
  });

  it('does not exist for other users, administrators included', async () => {
    const portal = await usedPortal();
    for (const user of [BEN, ADA, EVE]) {
      const visitor = await signedIn(portal, user);
      expect((await visitor.get('/applications/key/usage')).status).toBe(404);
      expect((await visitor.get('/applications/unknown/usage')).status).toBe(404);
      expect((await visitor.get('/usage')).text).not.toContain('Declared app');
    }
  });
});

describe('the usage of an organization', () => {
  it('is shown to its administrators alone', async () => {
    const portal = await usedPortal();
    const ada = await signedIn(portal, ADA);
    expect(rowsOf((await ada.get('/admin/usage')).text, 'Applications of your organization')).toEqual([
      ['Declared app', 'ana@johnsorg', '12', '7', '0', '0', '5', LATENCY, LATENCY],
    ]);
    const eve = await signedIn(portal, EVE);
    expect((await eve.get('/admin/usage')).text).not.toContain('Declared app');
    expect((await (await signedIn(portal, ANA)).get('/admin/usage')).status).toBe(404);
  });

  it('keeps the period from one part of the applications to the next', async () => {
    const portal = await servePortal({ limits: { applicationsPerUser: 60 } });
    for (let index = 0; index < 51; index += 1) {
      await portal.gate.directory.applications.create({ name: `App ${index}`, owner: BEN.username });
    }
    const ada = await signedIn(portal, ADA);
    const { text } = await ada.get('/admin/usage?period=hour');
    const [, next = ''] = /href="\/store(\/admin\/usage\?period=hour&amp;after=[^"]*)"/.exec(text) ?? [];
    const rest = await ada.get(next.replaceAll('&amp;', '&'));
    expect(rowsOf(rest.text, 'Applications of your organization').length).toBeGreaterThan(0);
    expect(rest.text).toMatch(/period=hour" +aria-current="true"/);
  });
});
