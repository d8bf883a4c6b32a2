import type { RequestListener } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import type * as Chromium from './chromium';
import { serve } from '../http/raw-http';

/** The hook that chromium.ts has jest run after each test, called directly so that a test can expect it to throw. */
const hooks: (() => void)[] = [];
const jestAfterEach = globalThis.afterEach;
globalThis.afterEach = ((hook: () => void) => hooks.push(hook)) as typeof jestAfterEach;
const { expectAccessible, openPage } = jest.requireActual<typeof Chromium>('./chromium');
globalThis.afterEach = jestAfterEach;

const lookOver = (): void => {
  for (const hook of hooks) hook();
};

const POLICY = "default-src 'none'; script-src 'self'; img-src 'self'; connect-src 'self'; style-src 'self'";

const html = (body: string, head = ''): string =>
  `<!doctype html><html lang="en"><head><title>Page</title><link rel="icon" href="/icon.png">${head}</head>` +
  `<body><main><h1>Page</h1>${body}</main></body></html>`;

/** Serves a page at `/`, and an answer of each status at `/status/…`. */
const serveAll = (page: string, script = ''): RequestListener => {
  return (request, response) => {
    const [, status] = /^\/status\/(\d+)$/.exec(request.url ?? '') ?? [];
    response.setHeader('Content-Security-Policy', POLICY);
    if (request.url === '/icon.png') response.writeHead(204).end();
    else if (request.url === '/script.js') response.setHeader('Content-Type', 'text/javascript').end(script);
    else if (status !== undefined) response.writeHead(Number(status)).end('answer');
    else response.setHeader('Content-Type', 'text/html; charset=utf-8').end(page);
  };
};

const WITH_SCRIPT = '<script src="/script.js" defer></script>';

/** Opens a page that runs a script, and waits until the script has ended. */
const runScript = async (script: string, options: Chromium.WatchOptions = {}) => {
  const all = `(async () => { ${script} })().finally(() => document.body.append('the end'))`;
  const { url } = await serve(serveAll(html('', WITH_SCRIPT), all));
  const watched = await openPage(options);
  await watched.page.goto(url);
  await watched.page.getByText('the end').waitFor();
  return { ...watched, url };
};

const showPage = async (body: string, options: Chromium.WatchOptions = {}, head = '') => {
  const { url } = await serve(serveAll(html(body, head)));
  const watched = await openPage(options);
  await watched.page.goto(url);
  return watched;
};

/** The other tests listen on 127.0.0.1, where any port can be taken from one moment to the next. */
const UNUSED_ADDRESS = '127.0.0.77';

const portWithoutServer = async (): Promise<number> => {
  const probe = createServer();
  await new Promise<void>((resolve) => void probe.listen(0, UNUSED_ADDRESS, resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => void probe.close(resolve));
  return port;
};

describe('a watched page', () => {
  it('has one hook, which does not throw when nothing was wrong', async () => {
    expect(hooks).toHaveLength(1);
    const { close } = await runScript("console.log('text'); console.info('text'); await fetch('/status/200');");
    await close();
    lookOver();
  });

  it.each([
    ['an error on the console', "console.error('wrong');", /console: wrong/],
    ['a warning on the console', "console.warn('odd');", /console: odd/],
    [
      'an error that a script throws',
      "setTimeout(() => { throw new Error('thrown') }); await new Promise((done) => setTimeout(done));",
      /thrown: thrown/,
    ],
    ['an unhandled rejection', "Promise.reject(new Error('refused'));", /thrown: refused/],
    ['an answer that was not expected', "await fetch('/status/404');", /status of 404/],
    [
      'an address that the policy does not allow',
      "await fetch('http://127.0.0.2:1/').catch(() => undefined);",
      /policy: connect-src stopped http:\/\/127\.0\.0\.2/,
    ],
    [
      'a style that the policy does not allow',
      "document.body.setAttribute('style', 'color: red');",
      /policy: style-src-attr stopped inline/,
    ],
  ])('fails its test on %s', async (_what, script, reason) => {
    const { close } = await runScript(script);
    await close();
    expect(lookOver).toThrow(reason);
    lookOver(); // a fault belongs to one test
  });

  it.each([
    [
      'a script in it that the policy does not allow',
      '<script>document.title = 1</script>',
      /policy: script-src-elem stopped inline/,
    ],
    [
      'a handler in it that the policy does not allow',
      '<img src="/icon.png" alt="" onerror="document.title = 1">',
      /policy: script-src-attr stopped inline/,
    ],
    ['a picture of another host', '<img src="http://127.0.0.2:1/" alt="">', /policy: img-src stopped/],
    ['a script that is not there', '<script src="/status/404"></script>', /status of 404/],
  ])('fails its test on %s', async (_what, body, reason) => {
    const { close } = await showPage(body);
    await close();
    expect(lookOver).toThrow(reason);
  });

  it('fails its test on a stylesheet that the policy does not allow, even without scripts', async () => {
    const { close } = await showPage(
      '',
      { javaScriptEnabled: false },
      '<link rel="stylesheet" href="http://127.0.0.2:1/">',
    );
    await close();
    expect(lookOver).toThrow(/http:\/\/127\.0\.0\.2:1\//);
  });

  it('fails its test on a server that does not exist', async () => {
    const port = await portWithoutServer();
    const { page, close } = await openPage();
    await expect(page.goto(`http://${UNUSED_ADDRESS}:${port}/`)).rejects.toThrow('ERR_CONNECTION_REFUSED');
    await close();
    expect(lookOver).toThrow(/not loaded \(net::ERR_CONNECTION_REFUSED\)/);
  });

  it('ignores the statuses that its test expects, and no others', async () => {
    const script = "await fetch('/status/403'); await fetch('/status/401');";
    const expecting = await runScript(script, { expectedStatuses: [401, 403] });
    await expecting.close();
    lookOver();
    const surprised = await runScript(script, { expectedStatuses: [403] });
    await surprised.close();
    expect(lookOver).toThrow(/status of 401/);
    const other = await runScript(script, { expectedStatuses: [401, 40, 3] });
    await other.close();
    expect(lookOver).toThrow(/status of 403/);
  });

  it('does not ignore a line of a script that looks like an expected status', async () => {
    const { close } = await runScript("console.error('gave up at a status of 403 (Forbidden)');", {
      expectedStatuses: [403],
    });
    await close();
    expect(lookOver).toThrow('gave up');
  });

  it('returns every address that it has requested', async () => {
    const { addresses, url, close } = await runScript("await fetch('/status/200');");
    await close();
    expect(addresses).toEqual(expect.arrayContaining([`${url}/`, `${url}/script.js`, `${url}/status/200`]));
    lookOver();
  });

  it('shares no cookie with another page', async () => {
    const { page, url, close } = await runScript("document.cookie = 'name=value';");
    const other = await openPage();
    await other.page.goto(`${url}/status/200`);
    expect(await page.evaluate('document.cookie')).toBe('name=value');
    expect(await other.page.evaluate('document.cookie')).toBe('');
    await Promise.all([close(), other.close()]);
    lookOver();
  });
});

describe('the accessibility check', () => {
  it('accepts a page without faults, under a policy that allows no script', async () => {
    const { page, close } = await showPage('<p>Text</p><img src="/icon.png" alt="Icon">');
    await expectAccessible(page);
    await close();
    lookOver();
  });

  const STYLES = '.pale { color: #ccc } .small { display: inline-block; width: 5px; height: 5px; font-size: 5px }';

  it.each([
    ['a picture without a text', html('<img src="/icon.png">'), 'image-alt'],
    ['a field without a label', html('<input>'), 'label'],
    ['a button without a name', html('<button></button>'), 'button-name'],
    ['a link without a name', html('<a href="/"></a>'), 'link-name'],
    [
      'targets that are too small',
      html('<a href="/" class="small">a</a><a href="/1" class="small">b</a>'),
      'target-size',
    ],
    ['text with low contrast', html('<p class="pale">Text</p>'), 'color-contrast'],
    ['a page without a language', html('').replace(' lang="en"', ''), 'html-has-lang'],
    ['a page without a title', html('').replace('<title>Page</title>', ''), 'document-title'],
  ])('fails on %s', async (_what, text, rule) => {
    const { url } = await serve(serveAll(text));
    const { page, close } = await openPage();
    await page.goto(url);
    // Sheets that are made so are no matter of the page's policy.
    await page.evaluate(`(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(${JSON.stringify(STYLES)});
      document.adoptedStyleSheets = [sheet];
    })()`);
    await expect(expectAccessible(page)).rejects.toThrow(rule);
    await close();
    lookOver();
  });
});
