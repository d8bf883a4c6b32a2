import { Assets } from '../../pages/assets/assets';
import { createIcon } from '../../pages/assets/icon';
import { pageScript } from '../../pages/assets/page-script';
import { createStylesheet } from '../../pages/assets/stylesheet';

/** Script of the page that sends a response by POST. */
const submitScript = 'document.forms[0].submit();';

/** Files that pages of the authorization endpoint load. */
export const assets = new Assets(
  new Map([
    ['page.css', { type: 'text/css; charset=utf-8', text: createStylesheet() }],
    ['page.js', { type: 'text/javascript; charset=utf-8', text: pageScript }],
    ['submit.js', { type: 'text/javascript; charset=utf-8', text: submitScript }],
    ['icon.svg', { type: 'image/svg+xml', text: createIcon() }],
  ]),
);
