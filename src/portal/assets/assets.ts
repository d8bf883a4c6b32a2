import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Assets } from '../../pages/assets/assets';
import { icon } from '../../pages/assets/icon';
import { pageScript } from '../../pages/assets/page-script';
import { stylesheet } from '../../pages/assets/stylesheet';

// Read as text, because the script runs in browsers and no module imports it.
const portalScript = readFileSync(join(__dirname, 'portal.js'), 'utf8');

/** Files that pages of the portal load. */
export const assets = new Assets(
  new Map([
    ['portal.css', { type: 'text/css; charset=utf-8', text: stylesheet }],
    ['portal.js', { type: 'text/javascript; charset=utf-8', text: pageScript + portalScript }],
    ['icon.svg', { type: 'image/svg+xml', text: icon }],
  ]),
);

/** Returns the URLs of the files that every page loads. */
export const assetUrls = (mount: string) => ({
  icon: assets.urlOf(mount, 'icon.svg'),
  stylesheet: assets.urlOf(mount, 'portal.css'),
  script: assets.urlOf(mount, 'portal.js'),
});
