import { contrastOf, mix, withLightness, type Colour } from './colour';

/** Colours that do not depend on the accent colour. */
const LIGHT = {
  ground: '#f6f8f8',
  surface: '#ffffff',
  panel: '#eef2f1',
  text: '#14201d',
  faint: '#51605b',
  line: '#7d8b87',
  soft: '#dbe2e0',
  wrong: '#a11c1c',
  'wrong-ground': '#fdeeee',
  done: '#0a6244',
  'done-ground': '#e4f5ed',
  warn: '#7a4800',
  'warn-ground': '#fff3d9',
  info: '#1c4f94',
  'info-ground': '#e7effb',
  'bar-warn': '#bd7b00',
  'bar-wrong': '#c0281f',
} as const satisfies Readonly<Record<string, Colour>>;

type Name = keyof typeof LIGHT;

const DARK: Readonly<Record<Name, Colour>> = {
  ground: '#0e1412',
  surface: '#161d1b',
  panel: '#1f2825',
  text: '#e6edea',
  faint: '#a6b3af',
  line: '#788682',
  soft: '#2d3835',
  wrong: '#ffb3ab',
  'wrong-ground': '#3b1e1c',
  done: '#8fe0c0',
  'done-ground': '#13332a',
  warn: '#f6ca7c',
  'warn-ground': '#382b10',
  info: '#abcaff',
  'info-ground': '#1b2b45',
  'bar-warn': '#f6ca7c',
  'bar-wrong': '#ee6a5f',
};

export type Palette = Readonly<Record<Name | 'accent' | 'accent-strong' | 'accent-ground' | 'on-accent', Colour>>;

/** Accent colour of portals without the option. */
export const DEFAULT_ACCENT: Colour = '#0b5c4b';

/** Least contrast of text to its background (WCAG 2.2, 1.4.3), and that of borders of controls and bars of charts (1.4.11). */
const MIN_TEXT = 4.5;
const MIN_GRAPHIC = 3;

const BACKGROUNDS = ['ground', 'surface', 'panel'] as const;

/** Pairs of colours that are used together, with the least contrast that they need. */
export const CONTRASTS: readonly (readonly [front: keyof Palette, back: keyof Palette, least: number])[] = [
  ...BACKGROUNDS.flatMap((back) =>
    (['text', 'faint', 'accent', 'accent-strong', 'wrong', 'done', 'warn', 'info'] as const).map(
      (front) => [front, back, MIN_TEXT] as const,
    ),
  ),
  ...BACKGROUNDS.flatMap((back) =>
    (['line', 'bar-warn', 'bar-wrong'] as const).map((front) => [front, back, MIN_GRAPHIC] as const),
  ),
  ...(['accent', 'accent-strong', 'text', 'faint'] as const).map(
    (front) => [front, 'accent-ground', MIN_TEXT] as const,
  ),
  ...(['wrong', 'done', 'warn', 'info'] as const).map((front) => [front, `${front}-ground`, MIN_TEXT] as const),
  ['on-accent', 'accent', MIN_TEXT],
  ['on-accent', 'accent-strong', MIN_TEXT],
];

/** Lightness that each step of a search adds or removes. */
const STEP = 0.02;

/** Returns the first of the colours that has enough contrast to all backgrounds, otherwise the last one. */
const readable = (candidates: readonly Colour[], last: Colour, backgrounds: readonly Colour[]): Colour =>
  candidates.find((one) => backgrounds.every((back) => contrastOf(one, back) >= MIN_TEXT)) ?? last;

interface AccentChoice {
  readonly candidates: readonly Colour[];
  /** The colour of most contrast to the backgrounds. */
  readonly extreme: Colour;
  /** Colour of text on the accent colour. */
  readonly onAccent: Colour;
}

/** Completes a palette with an accent colour, which is changed as far as its contrast requires. */
const withAccent = (base: Readonly<Record<Name, Colour>>, { candidates, extreme, onAccent }: AccentChoice): Palette => {
  const tint = mix(base.surface, candidates[0] ?? extreme, 0.12);
  const backgrounds = [...BACKGROUNDS.map((name) => base[name]), tint, onAccent];
  const accent = readable(candidates, extreme, backgrounds);
  return {
    ...base,
    accent,
    'accent-strong': mix(accent, extreme, 0.18),
    'accent-ground': tint,
    'on-accent': onAccent,
  };
};

const steps = (first: number, direction: 1 | -1): readonly number[] =>
  Array.from({ length: 51 }, (_, step) => first + direction * step * STEP).filter((value) => value >= 0 && value <= 1);

/** Share of black in a darker colour, or lightness of a lighter one. */
const darker = (colour: Colour): readonly Colour[] => steps(0, 1).map((share) => mix(colour, '#000000', share));
const lighter = (colour: Colour): readonly Colour[] => steps(0.5, 1).map((value) => withLightness(colour, value, 0.55));

/** Returns the colours of light and dark mode for an accent colour. */
export const palettesOf = (accent: Colour): { readonly light: Palette; readonly dark: Palette } => ({
  light: withAccent(LIGHT, { candidates: darker(accent), extreme: '#000000', onAccent: '#ffffff' }),
  dark: withAccent(DARK, { candidates: lighter(accent), extreme: '#ffffff', onAccent: '#081512' }),
});
