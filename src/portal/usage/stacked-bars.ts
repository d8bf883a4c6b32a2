import { html, type Html } from '../../pages/html';

/** A bar: a number for each class, from the bottom up, and a text for people who point at it. */
export interface Bar {
  readonly label: string;
  readonly parts: readonly (readonly [className: string, value: number])[];
}

export interface StackedBars {
  readonly testId: string;
  /** Ids of the texts are made of it, so it must be unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly bars: readonly Bar[];
}

const HEIGHT = 100;
const STEP = 10;
const GAP = 2;

/** Height below which a part that is not zero could not be seen. */
const MIN_HEIGHT = 1.5;

const round = (value: number): string => String(Math.round(value * 100) / 100);

const totalOf = ({ parts }: Bar): number => parts.reduce((sum, [, value]) => sum + value, 0);

/** Returns the number of the highest bar. */
export const highestOf = (bars: readonly Bar[]): number => Math.max(0, ...bars.map(totalOf));

const bar = (one: Bar, index: number, highest: number): Html => {
  let top = HEIGHT;
  const rects = one.parts
    .filter(([, value]) => value > 0)
    .map(([className, value]) => {
      const height = Math.max(MIN_HEIGHT, (value / highest) * HEIGHT);
      top = Math.max(0, top - height);
      return html`<rect
        class="${className}"
        x="${index * STEP + GAP / 2}"
        y="${round(top)}"
        width="${STEP - GAP}"
        height="${round(height)}"
      />`;
    });
  return html`<g
    ><title>${one.label}</title
    ><rect class="space" x="${index * STEP}" y="0" width="${STEP}" height="${HEIGHT}" />${rects}</g
  >`;
};

/** Renders bars as an image in SVG that fills its space. Colours are those of the classes in the stylesheet. */
export const stackedBars = ({ testId, id, title, description, bars }: StackedBars): Html => {
  const highest = Math.max(1, highestOf(bars));
  return html`<svg
    class="bars"
    role="img"
    data-testid="${testId}"
    aria-labelledby="${id}-title"
    aria-describedby="${id}-description"
    viewBox="0 0 ${bars.length * STEP} ${HEIGHT}"
    preserveAspectRatio="none"
  >
    <title id="${id}-title">${title}</title>
    <desc id="${id}-description">${description}</desc>
    ${bars.map((one, index) => bar(one, index, highest))}
  </svg>`;
};
