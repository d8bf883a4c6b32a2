import type { Page } from 'playwright-core';
import { expectAccessible, openPage } from '../support/browser/chromium';
import { NO_OVERFLOW, overflowAt } from '../support/browser/overflow';
import { serveFullPortal, signInEmma, type FullPortal } from '../support/portal/full-portal';
import { addressedPages, type AddressedPage } from '../support/portal/page-addresses';

/** Widths of windows: a phone at a zoom of 400 % (WCAG 2.2, 1.4.10), a phone, a tablet, a laptop and a large screen. */
const WIDTHS = [320, 390, 800, 1280, 1600];

const AXE_WIDTHS: readonly number[] = [390, 1280];

let portal: FullPortal;
beforeAll(async () => {
  portal = await serveFullPortal();
});

const expectGoodLooks = async (page: Page, address: string): Promise<void> => {
  const response = await page.goto(`${portal.url}/store${address}`);
  expect([address, response?.status()]).toEqual([address, 200]);
  for (const width of WIDTHS) {
    expect([address, width, await overflowAt(page, width)]).toEqual([address, width, NO_OVERFLOW]);
    if (AXE_WIDTHS.includes(width)) await expectAccessible(page);
  }
};

const pagesFor = (...users: readonly AddressedPage['for'][]): readonly AddressedPage[] =>
  addressedPages(portal.records).filter((page) => users.includes(page.for));

/** German words are longer. */
const LOOKS = [
  ['light mode, English', { colorScheme: 'light', locale: 'en-GB' }],
  ['dark mode, German', { colorScheme: 'dark', locale: 'de-DE' }],
] as const;

describe.each(LOOKS)('in %s, without horizontal scrolling and accessible, is', (_, look) => {
  it('every page for visitors', async () => {
    const { page, close } = await openPage(look);
    for (const { address } of pagesFor('anyone', 'readers')) await expectGoodLooks(page, address);
    await close();
  });

  it('every page for users and administrators', async () => {
    const { page, close } = await openPage(look);
    await signInEmma(page, portal);
    for (const { address } of pagesFor('readers', 'users', 'admins')) await expectGoodLooks(page, address);
    await close();
  });
});
