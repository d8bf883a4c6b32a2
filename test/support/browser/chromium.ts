import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

// The headless build has the same engine without the windows of the others, and loads a page in half the time.
const PROGRAMS = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const findProgram = (): string => {
  const given = process.env['CHROMIUM_PATH'];
  if (given) return given;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program))).find((path) =>
    existsSync(path),
  );
  if (found !== undefined) return found;
  throw new Error('there is no Chromium: `npm test` says how to get one');
};

// A browser that contacts only the page's host; the sandbox is not available to root.
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A host name that is no secure context over http, as most names of a local network are.
  '--host-resolver-rules=MAP store.test 127.0.0.1',
];

// A walk has many pages, and the machine may be busy with other tests.
jest.setTimeout(90_000);
const PATIENCE_MS = 20_000;

let opened: Promise<Browser> | undefined;
const faults: string[] = [];

afterAll(async () => {
  await (await opened)?.close();
});

afterEach(() => {
  const found = faults.splice(0);
  if (found.length > 0) throw new Error(`what the browser reported:\n${found.join('\n')}`);
});

export interface WatchedPage {
  readonly page: Page;
  /** Addresses of all requests. */
  readonly addresses: readonly string[];
  close(): Promise<void>;
}

export interface WatchOptions extends BrowserContextOptions {
  /** Statuses of responses that the test provokes: the browser's console reports each as an error. */
  readonly expectedStatuses?: readonly number[];
  /** Beginnings of addresses that the test expects not to be reached. */
  readonly expectedFailures?: readonly string[];
}

/**
 * A page in a browser of its own. An error or warning on its console, a violation of its policy, an uncaught exception
 * or a failed request makes the test fail.
 */
export const openPage = async ({
  expectedStatuses = [],
  expectedFailures = [],
  ...options
}: WatchOptions = {}): Promise<WatchedPage> => {
  opened ??= chromium.launch({ executablePath: findProgram(), args: ARGUMENTS });
  const context = await (await opened).newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const addresses: string[] = [];
  const isExpected = (text: string): boolean =>
    expectedStatuses.some((status) =>
      text.startsWith(`Failed to load resource: the server responded with a status of ${status} `),
    );
  const isUnreachable = (address: string): boolean => expectedFailures.some((start) => address.startsWith(start));
  page.on('console', (message) => {
    const text = message.text();
    const isFailure = text.startsWith('Failed to load resource: net::') && isUnreachable(message.location().url);
    if (['error', 'warning'].includes(message.type()) && !isExpected(text) && !isFailure)
      faults.push(`${page.url()} console: ${text}`);
  });
  page.on('pageerror', (error) => faults.push(`${page.url()} thrown: ${error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // A navigation to another page aborts what this one was still loading.
    if (reason !== 'net::ERR_ABORTED' && !isUnreachable(request.url()))
      faults.push(`${page.url()} not loaded (${reason}): ${request.url()}`);
  });
  page.on('request', (request) => addresses.push(request.url()));
  await page.addInitScript({
    content: `document.addEventListener('securitypolicyviolation', (event) =>
      console.error('policy: ' + event.violatedDirective + ' stopped ' + event.blockedURI))`,
  });
  return { page, addresses, close: () => context.close() };
};

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

const axe = readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Expects no violation of WCAG 2.2 level A or AA that axe-core can see. */
export const expectAccessible = async (page: Page): Promise<void> => {
  // By the debugger, which the page's policy does not concern. It takes longer than a check, so a document gets it once.
  if (await page.evaluate('typeof axe === "undefined"')) await page.evaluate(await axe);
  const options = JSON.stringify({ runOnly: RULES, resultTypes: ['violations'] });
  const violations = await page.evaluate<readonly Violation[]>(
    `axe.run(document, ${options}).then(({ violations }) => violations)`,
  );
  expect(violations.map(({ id, help, nodes }) => [id, help, nodes.map(({ html }) => html.slice(0, 200))])).toEqual([]);
};

/** The looks of a page for people with other settings and devices. The last one is the usual look. */
const LOOKS = [
  { colorScheme: 'dark', width: 1280, height: 720 },
  { colorScheme: 'light', width: 360, height: 740 },
  { colorScheme: 'light', width: 1280, height: 720 },
] as const;

/** Expects the open page to be accessible in light and dark, wide and narrow. */
export const expectAccessibleInEveryLook = async (page: Page): Promise<void> => {
  for (const { colorScheme, ...size } of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' }); // no colours on their way to others
    await page.setViewportSize(size);
    await expectAccessible(page);
  }
};
