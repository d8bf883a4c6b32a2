import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPortalLook, ConfigurationError, scopegate } from 'scopegate';
import { contrastOf, type Colour } from '../../src/pages/assets/colour';
import { openPage } from '../support/browser/chromium';
import { thrownBy } from '../support/expect/thrown';
import { recordedLogger } from '../support/gate/gate';
import { portalOptions, servePortal } from '../support/portal/served-portal';
import { PortalVisitor } from '../support/portal/visitor';

const folder = mkdtempSync(join(tmpdir(), 'scopegate-look-'));

const fileOf = (name: string, content: string | Buffer): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4" fill="#c40"/></svg>';
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

const faultsOf = (look: object): readonly string[] => {
  const thrown = thrownBy(() => checkPortalLook(look));
  if (!(thrown instanceof ConfigurationError)) throw new Error('the options are accepted');
  return thrown.faults.map(({ path, problem }) => `${path.join('.')}: ${problem}`);
};

/** The files that the sign-in page loads, by the beginning of the tag that names them. */
const filesOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:href|src)="\/store(\/assets\/[^"]*)"/g)].map(([, path = '']) => path);

describe('the logo', () => {
  it.each([
    ['SVG', fileOf('logo.svg', SVG), 'image/svg+xml'],
    ['PNG', fileOf('logo.png', PNG), 'image/png'],
  ])('is served from the host of the portal, as an %s file that may run and load nothing', async (_, logo, type) => {
    const visitor = new PortalVisitor(await servePortal({}, { portal: { logo } }));
    const { text } = await visitor.get('/sign-in');
    const [, image = ''] = /<img src="\/store([^"]*)" alt="" \/><span>API Store</.exec(text) ?? [];
    const { status, headers } = await visitor.get(image);
    expect([status, headers.get('content-type'), headers.get('x-content-type-options')]).toEqual([
      200,
      type,
      'nosniff',
    ]);
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox");
    expect(text).toContain(`<link rel="icon" href="/store${image}" />`);
  });

  it.each([
    ['a missing file', join(folder, 'nothing.svg'), 'cannot be read (ENOENT): give the path of an SVG or PNG file'],
    ['a folder', folder, 'cannot be read (EISDIR): give the path of an SVG or PNG file'],
    ['a large file', fileOf('large.svg', SVG + ' '.repeat(102_400)), 'has 102505 bytes; a logo has at most 102400'],
    ['another kind of file', fileOf('page.svg', '<html><svg></svg></html>'), 'is neither an SVG nor a PNG file'],
  ])('is refused at the start if it is %s', (_, logo, problem) => {
    expect(faultsOf({ logo })).toEqual([`logo: ${problem}`]);
  });
});

describe('the accent colour', () => {
  it('is in the stylesheet, changed as far as contrast requires', async () => {
    const visitor = new PortalVisitor(await servePortal({}, { portal: { accent: '#FFB000' } }));
    const [, stylesheet = ''] = filesOf((await visitor.get('/sign-in')).text);
    const [light, dark] = [...(await visitor.get(stylesheet)).text.matchAll(/--accent: (#[0-9a-f]{6})/g)].map(
      ([, colour]) => colour as Colour,
    );
    expect(contrastOf(light ?? '#ffffff', '#ffffff')).toBeGreaterThanOrEqual(4.5);
    expect(contrastOf(dark ?? '#000000', '#161d1b')).toBeGreaterThanOrEqual(4.5);
  });

  it('colours buttons in a browser', async () => {
    const { url } = await servePortal({}, { portal: { accent: '#1d3fae' } });
    const { page, close } = await openPage({ colorScheme: 'light' });
    await page.goto(`${url}/store/sign-in`);
    const colour = "getComputedStyle(document.querySelector('main form > button')).backgroundColor";
    expect(await page.evaluate(colour)).toBe('rgb(29, 63, 174)');
    await close();
  });

  it.each(['green', '#abc', '#12345g', 7])('is refused if it is %p', (accent) => {
    expect(faultsOf({ accent })).toEqual([expect.stringMatching(/^accent: must be a colour such as #0b5c4b; got /)]);
  });
});

describe('links below every page', () => {
  const links = [
    { text: 'Terms & conditions', url: 'https://example.com/terms?a=1&b=2' },
    { text: 'Contact', url: 'mailto:api@example.com' },
    { text: 'Status', url: '/status' },
  ];

  it('are https and mailto URLs and paths, and are escaped', async () => {
    const visitor = new PortalVisitor(await servePortal({}, { portal: { footer: { links } } }));
    const { text } = await visitor.get('/sign-in');
    const [footer = ''] = /<footer>[\s\S]*<\/footer>/.exec(text) ?? [];
    expect([...footer.matchAll(/<a href="([^"]*)">([^<]*)</g)].map(([, ...link]) => link)).toEqual([
      ['https://example.com/terms?a=1&amp;b=2', 'Terms &amp; conditions'],
      ['mailto:api@example.com', 'Contact'],
      ['/status', 'Status'],
    ]);
  });

  it.each([
    'javascript:alert(1)',
    'http://example.com',
    '//example.com',
    'data:text/html,x',
    'terms',
    '/a b',
    '\\\\host',
  ])('are refused if they lead to %s', async (url) => {
    expect(faultsOf({ footer: { links: [{ text: 'Terms', url }] } })).toEqual([
      'footer.links.0.url: must be an https or mailto URL, or a path such as /terms',
    ]);
  });

  it('are at most 10, each with a text', () => {
    expect(faultsOf({ footer: { links: Array.from({ length: 11 }, () => links[0]) } })).toEqual([
      'footer.links: must have at most 10 entries; got 11',
    ]);
    expect(faultsOf({ footer: { links: [{ url: '/terms' }] } })).toEqual([
      'footer.links.0.text: is missing: it must be 1 to 60 characters',
    ]);
  });
});

describe('the introduction', () => {
  it('is plain text on the sign-in page', async () => {
    const visitor = new PortalVisitor(
      await servePortal({}, { portal: { intro: 'Build with <b>Acme</b>.\nWelcome.' } }),
    );
    expect((await visitor.get('/sign-in')).text).toContain(
      '<p class="intro">Build with &lt;b&gt;Acme&lt;/b&gt;.\nWelcome.</p>',
    );
  });

  it('is also on the catalogue for visitors, which the sign-in page links', async () => {
    const visitor = new PortalVisitor(await servePortal({}, { portal: { intro: 'Welcome.', public: true } }));
    expect((await visitor.get('/sign-in')).text).toContain(
      '<a href="/store/apis">Browse the APIs without signing in</a>',
    );
    expect((await visitor.get('/apis')).text).toContain('<p class="intro">Welcome.</p>');
  });

  it.each([[''], ['x'.repeat(1001)], ['a\u0007b']])('is refused if it is %j', (intro) => {
    expect(faultsOf({ intro })).toEqual([expect.stringMatching(/^intro: must be 1 to 1000 characters; got /)]);
  });
});

it('an option that is wrong stops the start of the portal', () => {
  const gate = scopegate({ ...portalOptions(), issuer: 'http://127.0.0.1', logger: recordedLogger().logger });
  expect(() => gate.portal({ accent: 'green', footer: { links: [{ text: '', url: '/' }] } })).toThrow(
    ConfigurationError,
  );
  return gate.close();
});

describe('files of pages', () => {
  it('are kept by browsers for a year under the URL of their version, and for an hour under another', async () => {
    const visitor = new PortalVisitor(await servePortal());
    const files = filesOf((await visitor.get('/sign-in')).text);
    expect(files.length).toBe(3);
    for (const file of files) {
      const caching = async (path: string) => (await visitor.get(path)).headers.get('cache-control');
      expect(await caching(file)).toBe('public, max-age=31536000, immutable');
      expect(await caching(file.replace(/v=.*/, 'v=00000000'))).toBe('public, max-age=3600');
    }
  });
});
