import type { Page } from 'playwright-core';

/** Where a browser keeps or sends what it has seen, as one text for each place. */
export type Traces = Readonly<Record<string, string>>;

const KEPT = `(async () => ({
  localStorage: JSON.stringify({ ...localStorage }),
  databases: JSON.stringify(await indexedDB.databases()),
  state: JSON.stringify([history.state, window.name, document.referrer]),
}))()`;

/** The addresses that the tab can go back to, on every origin. */
const historyOf = async (page: Page): Promise<string> => {
  const session = await page.context().newCDPSession(page);
  const { entries } = await session.send('Page.getNavigationHistory');
  return entries.map(({ url }) => url).join('\n');
};

/** Records the addresses, referrers and console of a page from now on. */
export const recordTraces = (page: Page) => {
  const addresses: string[] = [];
  const referrers: string[] = [];
  const lines: string[] = [];
  page.on('request', (request) => {
    // A browser sends no fragment: with it the address is in no request, but only in its own address bar.
    addresses.push(request.url().replace(/#.*/, ''));
    referrers.push(request.headers()['referer'] ?? '');
  });
  page.on('console', (message) => lines.push(message.text()));
  return {
    /** All that was recorded, and what the browser keeps for the origin of the open page beyond its tab. */
    read: async (): Promise<Traces> => ({
      ...(await page.evaluate<Traces>(KEPT)),
      history: await historyOf(page),
      addresses: addresses.join('\n'),
      referrers: referrers.join('\n'),
      console: lines.join('\n'),
    }),
    /** What the browser keeps for the open tab. */
    tab: () => page.evaluate<Readonly<Record<string, string>>>('({ ...sessionStorage })'),
    /** What the cookies of all origins contain, by name. */
    cookies: async (): Promise<Readonly<Record<string, string>>> =>
      Object.fromEntries((await page.context().cookies()).map(({ name, value }) => [name, value])),
  };
};
