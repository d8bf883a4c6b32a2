// Opens pages in Chromium and takes their pictures.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const findProgram = () =>
  process.env.CHROMIUM_PATH ??
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => existsSync(path));

export const openBrowser = () =>
  chromium.launch({
    executablePath: findProgram(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });

/** Looks of the pages: a colour scheme and the width of the window. */
export const LOOKS = ['light', 'dark'].flatMap((colorScheme) =>
  [1280, 390].map((width) => ({ colorScheme, width, suffix: `${colorScheme}-${width}` })),
);

/** A browser window of one look, which saves pictures into a folder. */
export class Photographer {
  #page;
  #folder;
  #look;
  #only;
  #isSelection;

  constructor(page, { folder, look, only, isSelection }) {
    this.#page = page;
    this.#folder = folder;
    this.#look = look;
    this.#only = only;
    this.#isSelection = isSelection;
  }

  get page() {
    return this.#page;
  }

  isWanted(name) {
    return this.#only === undefined || this.#only.test(name);
  }

  /** Saves the open page. @param isWhole false for the window only, as for an open menu */
  async shoot(name, { isWhole = true } = {}) {
    if (!this.isWanted(name)) return;
    const prefix = this.#isSelection ? 'portal-' : '';
    const path = join(this.#folder, `${prefix}${name}-${this.#look.suffix}.png`);
    await this.#page.screenshot({ path, fullPage: isWhole && !this.#isSelection });
  }

  click(name, options = {}) {
    return this.#page
      .getByRole('button', { name, ...options })
      .first()
      .click();
  }
}
