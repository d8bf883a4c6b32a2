import type { Page } from 'playwright-core';

/** How far a page or one of its tables can be scrolled sideways, and which controls are cut off. */
export interface Overflow {
  readonly page: number;
  readonly tables: readonly number[];
  readonly cut: readonly string[];
}

export const NO_OVERFLOW: Overflow = { page: 0, tables: [], cut: [] };

const MEASURE = `(() => {
  const seen = document.documentElement.clientWidth;
  const cut = [...document.querySelectorAll('button, a, input, select')].filter((element) => {
    if (element.matches('.skip, [type=hidden]') || !element.checkVisibility({ contentVisibilityAuto: true })) return false;
    const { left, right } = element.getBoundingClientRect();
    const around = element.closest('.scroll')?.getBoundingClientRect();
    return left < 0 || right > seen + 1 || (around !== undefined && right > around.right + 1);
  });
  return {
    page: document.documentElement.scrollWidth - seen,
    tables: [...document.querySelectorAll('.scroll')].map((table) => table.scrollWidth - table.clientWidth).filter((more) => more > 0),
    cut: cut.map((element) => element.outerHTML.slice(0, 120)),
  };
})()`;

/** Measures the open page in a window of this width. */
export const overflowAt = async (page: Page, width: number): Promise<Overflow> => {
  await page.setViewportSize({ width, height: 800 });
  return page.evaluate<Overflow>(MEASURE);
};
