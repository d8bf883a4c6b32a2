// Takes screenshots of every page of the portal, in light and dark mode, at 1280 and 390 pixels.
//
//   npm run screenshots -- --out FOLDER [--only PATTERN]
//
// PATTERN is a regular expression for the names of pictures. Without --out, the selection of docs/portal.md is written
// into docs/images.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { serveGateway } from './screenshots/gateway.mjs';
import { LOOKS, openBrowser, Photographer } from './screenshots/photographer.mjs';
import { shootAll } from './screenshots/walks.mjs';

const { values } = parseArgs({ options: { out: { type: 'string' }, only: { type: 'string' } } });
const folder = values.out ?? fileURLToPath(new URL('../docs/images/', import.meta.url));
const isSelection = values.out === undefined;

/** The pictures of docs/portal.md, of the window only, so that they stay small. */
const SELECTION = '^(apis|apis-name|keys|try-it-response|applications-id-usage)$';
const only = values.only ?? (isSelection ? SELECTION : undefined);
const looks = isSelection
  ? LOOKS.filter(({ width }) => width === 1280).map((look) => ({ ...look, suffix: look.colorScheme }))
  : LOOKS;
mkdirSync(folder, { recursive: true });

const browser = await openBrowser();
for (const look of looks) {
  const served = await serveGateway();
  const { colorScheme, width } = look;
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await shootAll(new Photographer(page, { folder, look, only: only && new RegExp(only), isSelection }), served);
  await context.close();
  await served.close();
}
await browser.close();
