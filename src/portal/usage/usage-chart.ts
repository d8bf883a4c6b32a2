import { html, type Html } from '../../pages/html';
import { table } from '../../pages/table';
import type { Texts } from '../../pages/texts/texts';
import type { EpochSeconds } from '../../protocol/time';
import type { UsagePeriod } from '../../usage/resolutions';
import { spansOf, type Span } from '../../usage/spans';
import { sumOf } from '../../usage/tally';
import type { FoundUsage } from '../../usage/usage';
import { KINDS, numberCells, numberHeads, shownNumbers } from './usage-numbers';
import { highestOf, stackedBars, type Bar } from './stacked-bars';

type ChartTexts = Pick<Texts, 'usage' | 'phrases'>;

/** Formats the beginning of a time span in UTC: `14:05`, `01-31 14:00` or `2027-01-31`. */
const printSpan = (period: UsagePeriod, at: EpochSeconds): string => {
  const iso = new Date(at * 1000).toISOString();
  if (period === 'month') return iso.slice(0, 10);
  return period === 'day' ? iso.slice(5, 16).replace('T', ' ') : iso.slice(11, 16);
};

const barOf = (period: UsagePeriod, { at, tally }: Span, { usage }: ChartTexts): Bar => {
  const numbers = shownNumbers(tally);
  return {
    label: usage.bar(printSpan(period, at), numbers.requests, numbers.errors, numbers.refused),
    parts: KINDS.map((kind) => [kind, numbers[kind]] as const),
  };
};

const legend = ({ usage }: ChartTexts): Html =>
  html`<ul class="legend">
    ${KINDS.map(
      (kind) =>
        html`<li>
          <svg class="swatch" aria-hidden="true" viewBox="0 0 10 10">
            <rect class="${kind}" width="10" height="10" />
          </svg>
          ${usage.kinds[kind]}
        </li>`,
    )}
  </ul>`;

/** Renders the numbers of the bars as a table that can be opened. */
export const chartNumbers = (found: FoundUsage, texts: ChartTexts): Html => {
  const rows = spansOf(found)
    .map(({ at, tally }) => ({ at, numbers: shownNumbers(tally) }))
    .filter(({ numbers }) => numbers.requests > 0)
    .map(({ at, numbers }) => [printSpan(found.period, at), ...numberCells(numbers, texts)]);
  return html`<details class="numbers">
    <summary>${texts.usage.chartNumbers}</summary>
    ${table(texts.usage.chartNumbersHint, [texts.usage.time, ...numberHeads(texts)], rows)}
  </details>`;
};

const bars = (found: FoundUsage, title: string, testId: string, texts: ChartTexts) => {
  const { usage } = texts;
  const total = shownNumbers(sumOf(found.counts.map(({ tally }) => tally)));
  const drawn = spansOf(found).map((span) => barOf(found.period, span, texts));
  const description = usage.chartDescription(total.requests, total.errors, total.refused);
  const image = stackedBars({
    testId,
    id: testId,
    title: usage.chartTitle(title, usage.period[found.period]),
    description,
    bars: drawn,
  });
  return { image, highest: highestOf(drawn) };
};

/** Renders the requests of a period as bars, with their legend. The same numbers have to follow: `chartNumbers`. */
export const usageChart = (found: FoundUsage, title: string, texts: ChartTexts): Html => {
  const { image, highest } = bars(found, title, 'usage-chart', texts);
  const spans = spansOf(found);
  const ends = [spans[0], spans.at(-1)].map((span) => span && printSpan(found.period, span.at));
  return html`<figure class="chart card">
    <figcaption>
      ${legend(texts)} <span class="hint">${texts.usage.most(texts.phrases.number(highest))}</span>
    </figcaption>
    ${image}
    <p class="axis"><span>${ends[0]}</span> <span>${ends[1]} UTC</span></p>
  </figure>`;
};

/** Renders the requests of a period as a small image without a legend. Numbers have to be beside it. */
export const sparkline = (found: FoundUsage, title: string, texts: ChartTexts): Html =>
  html`<div class="sparkline">${bars(found, title, 'usage-sparkline', texts).image}</div>`;
