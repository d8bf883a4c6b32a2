import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../protocol/secrets';
import { icon } from './icon';
import { stylesheet } from './stylesheet';

interface Asset {
  readonly type: string;
  readonly text: string;
}

// Read as text, because the script runs in browsers and no module imports it.
const script = readFileSync(join(__dirname, 'portal.js'), 'utf8');

const assets: ReadonlyMap<string, Asset> = new Map([
  ['/assets/portal.css', { type: 'text/css; charset=utf-8', text: stylesheet }],
  ['/assets/portal.js', { type: 'text/javascript; charset=utf-8', text: script }],
  ['/assets/icon.svg', { type: 'image/svg+xml', text: icon }],
]);

/** Finds a file that pages load, by its path below the mount. */
export const findAsset = (path: string): Asset | undefined => assets.get(path);

/** Version in the URLs of the assets. Changes whenever one of them changes. */
export const versionOfAssets = digestOf([...assets.values()].map(({ text }) => text).join('')).slice(0, 8);
