// The pages of a portal with 30 APIs, in Chromium: what they load, how soon they render, and how soon a newcomer has the
// first response of an API.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { startProcess } from '../rig/processes.mjs';
import { median, rounded } from '../rig/statistics.mjs';

export const title = 'Pages of a portal with 30 APIs of 8 resources, 40 applications and 200 tokens';

const MAX_CLICKS = 3;

const PATHS = ({ application, api }) => [
  '/sign-in',
  '/apis',
  `/apis/${api}`,
  '/subscriptions',
  `/applications/${application}`,
  '/generate-token',
  '/try-it',
  '/tokens',
  '/usage',
  '/admin/users',
  '/admin/approvals',
  '/admin/applications',
  '/admin/audit',
];

const PROGRAMS = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];

const findProgram = () =>
  process.env.CHROMIUM_PATH ??
  PROGRAMS.flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))).find(
    (path) => existsSync(path),
  );

const signIn = async (page, url, username) => {
  await page.goto(`${url}/store/sign-in`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill('a long password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
};

const FIRST_PAINT = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const paint = list.getEntriesByName('first-contentful-paint')[0];
    if (paint !== undefined) resolve(paint.startTime);
  }).observe({ type: 'paint', buffered: true });
})`;

/** Loads a page without a cache. Resolves with `undefined` if the portal does not have it. */
const load = async (page, session, address) => {
  let [bytes, requests] = [0, 0];
  const count = ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    requests += 1;
  };
  session.on('Network.loadingFinished', count);
  const response = await page.goto(address, { waitUntil: 'networkidle' });
  session.off('Network.loadingFinished', count);
  return response.status() === 200 ? { bytes, requests, paint: await page.evaluate(FIRST_PAINT) } : undefined;
};

const loadAll = async (browser, { url, ready }, rounds) => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  const rows = [];
  for (const path of PATHS(ready)) {
    if (path === '/apis') await signIn(page, url, 'admin');
    const loads = [];
    for (let round = 0; round < rounds + 1; round += 1) loads.push(await load(page, session, `${url}/store${path}`));
    if (loads.includes(undefined)) continue;
    const measured = loads.slice(1); // the first one warms up
    rows.push({
      page: path.replace(ready.application, ':id').replace(ready.api, ':name'),
      'KB on the wire': rounded(median(measured.map(({ bytes }) => bytes)) / 1000, 1),
      requests: median(measured.map(({ requests }) => requests)),
      'first render, ms': Math.round(median(measured.map(({ paint }) => paint))),
    });
  }
  await page.close();
  return rows;
};

/** Walks from the sign-in to the first 200 and counts the clicks. A script neither reads nor thinks. */
const walkToFirstResponse = async (browser, { url }) => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(20_000);
  await signIn(page, url, 'newcomer');
  const began = performance.now();
  let clicks = 0;
  for (const name of ['Subscribe', 'Get a token for this resource', 'Send']) {
    await page.getByRole('button', { name }).first().click();
    clicks += 1;
  }
  await page.getByTestId('response-status').filter({ hasText: '200' }).waitFor();
  const seconds = (performance.now() - began) / 1000;
  await page.close();
  return { clicks, seconds };
};

export const measure = async ({ rounds, redis }) => {
  const env = { BENCH_REDIS: redis.socket };
  const portal = await startProcess(new URL('processes/portal.mjs', import.meta.url), { env });
  const browser = await chromium.launch({ executablePath: findProgram(), args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const rows = await loadAll(browser, portal, rounds);
    const { clicks, seconds } = await walkToFirstResponse(browser, portal);
    return {
      rows,
      marks: [
        {
          mark: `clicks from the sign-in to the first 200 (a script needs ${rounded(seconds, 2)} s)`,
          measured: clicks,
          limit: `<= ${MAX_CLICKS}`,
          isMet: clicks <= MAX_CLICKS,
        },
      ],
    };
  } finally {
    await browser.close();
    await portal.end();
  }
};
