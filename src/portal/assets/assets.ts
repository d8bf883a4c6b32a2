import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckedLook } from '../../options/portal-look';
import { Assets, type Asset } from '../../pages/assets/assets';
import { createIcon } from '../../pages/assets/icon';
import { pageScript } from '../../pages/assets/page-script';
import { createStylesheet } from '../../pages/assets/stylesheet';

/** Parts of the script, in the order in which they use each other. */
const SCRIPTS = [
  'set-password',
  'dom',
  'tab-token',
  'generate-token',
  'path-fields',
  'field-rows',
  'request-rules',
  'request-code',
  'response-body',
  'response-view',
  'portal-request',
  'verdict',
  'token-request',
  'token-offers',
  'sending',
  'operation-choice',
  'request-form',
  'try-it',
];

/**
 * Joins scripts to one function, so that a page loads one file and none of their names is global. They are read as
 * text, because they run in browsers and no module imports them.
 */
export const joinScripts = (names: readonly string[]): string => {
  const texts = names.map((name) => readFileSync(join(__dirname, `${name}.js`), 'utf8'));
  return `(() => {\n'use strict';\n${texts.join('\n')}})();\n`;
};

const portalScript = joinScripts(SCRIPTS);

/** Lets an SVG that is opened by its URL neither run scripts nor load anything; styles of its own may apply. */
const IMAGE_POLICY = { 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox" };

const LOGO_NAMES = { 'image/svg+xml': 'logo.svg', 'image/png': 'logo.png' } as const;

type Look = Pick<CheckedLook, 'accent' | 'logo'>;

const logoFile = ({ logo }: Look): readonly (readonly [name: string, asset: Asset])[] =>
  logo === undefined ? [] : [[LOGO_NAMES[logo.type], { type: logo.type, text: logo.content, headers: IMAGE_POLICY }]];

/** Creates the files that pages of a portal load. */
export const createAssets = (look: Look): Assets =>
  new Assets(
    new Map<string, Asset>([
      ['portal.css', { type: 'text/css; charset=utf-8', text: createStylesheet(look.accent) }],
      ['portal.js', { type: 'text/javascript; charset=utf-8', text: pageScript + portalScript }],
      ['icon.svg', { type: 'image/svg+xml', text: createIcon(look.accent) }],
      ...logoFile(look),
    ]),
  );

/** Returns the URLs of the files that every page shows. */
export const assetUrls = (assets: Assets, mount: string, { logo }: Look) => {
  const image = logo === undefined ? undefined : assets.urlOf(mount, LOGO_NAMES[logo.type]);
  return {
    logo: image,
    files: {
      icon: image ?? assets.urlOf(mount, 'icon.svg'),
      stylesheet: assets.urlOf(mount, 'portal.css'),
      script: assets.urlOf(mount, 'portal.js'),
    },
  };
};
