import { html, type Html } from '../../pages/html';
import type { Texts } from '../../pages/texts/texts';
import { sumOf } from '../../usage/tally';
import type { FoundUsage } from '../../usage/usage';
import { latencyCells, shownNumbers } from './usage-numbers';

/** Renders the most important numbers of a period. */
export const usageTotals = ({ counts }: Pick<FoundUsage, 'counts'>, texts: Pick<Texts, 'usage' | 'phrases'>): Html => {
  const { usage, phrases } = texts;
  const numbers = shownNumbers(sumOf(counts.map(({ tally }) => tally)));
  const [median, slowest] = latencyCells(numbers, texts);
  const totals = [
    [usage.requests, phrases.number(numbers.requests)],
    [usage.errors, phrases.number(numbers.errors)],
    [usage.refused, phrases.number(numbers.refused)],
    [usage.median, median],
    [usage.slowest, slowest],
  ] as const;
  return html`<dl class="totals">
    ${totals.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
};
