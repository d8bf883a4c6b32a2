import { contrastOf, mix, type Colour } from './colour';

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
};

export type Palette = Readonly<Record<Name | 'accent' | 'accent-strong' | 'accent-ground' | 'on-accent', Colour>>;

/** Accent colour of portals without the option. */
export const DEFAULT_ACCENT: Colour = '#0b5c4b';

/** Least contrast of text to its background (WCAG 2.2, 1.4.3), and that of a border that identifies a control (1.4.11). */
const MIN_TEXT = 4.5;
const MIN_BORDER = 3;

const BACKGROUNDS = ['ground', 'surface', 'panel'] as const;

/** Pairs of colours that are used together, with the least contrast that they need. */
export const CONTRASTS: readonly (readonly [front: keyof Palette, back: keyof Palette, least: number])[] = [
  ...BACKGROUNDS.flatMap((back) =>
    (['text', 'faint', 'accent', 'accent-strong', 'wrong', 'done', 'warn', 'info'] as const).map(
      (front) => [front, back, MIN_TEXT] as const,
    ),
  ),
  ...BACKGROUNDS.map((back) => ['line', back, MIN_BORDER] as const),
  ...(['accent', 'accent-strong', 'text', 'faint'] as const).map(
    (front) => [front, 'accent-ground', MIN_TEXT] as const,
  ),
  ...(['wrong', 'done', 'warn', 'info'] as const).map((front) => [front, `${front}-ground`, MIN_TEXT] as const),
  ['on-accent', 'accent', MIN_TEXT],
  ['on-accent', 'accent-strong', MIN_TEXT],
];

/** Share of the other colour that each step of a search adds. */
const STEP = 0.04;

/** Returns the colour nearest to another, in the direction of black or white, that has the contrast to all backgrounds. */
const readable = (colour: Colour, towards: Colour, backgrounds: readonly Colour[]): Colour => {
  const shares = Array.from({ length: 26 }, (_, step) => Math.min(step * STEP, 1));
  const candidates = shares.map((share) => mix(colour, towards, share));
  return candidates.find((one) => backgrounds.every((back) => contrastOf(one, back) >= MIN_TEXT)) ?? towards;
};

/** Completes a palette with an accent colour, which is changed as far as its contrast requires. */
const withAccent = (base: Readonly<Record<Name, Colour>>, chosen: Colour, front: Colour, back: Colour): Palette => {
  const tint = mix(base.surface, chosen, 0.1);
  const grounds = [...BACKGROUNDS.map((name) => base[name]), tint, back];
  const accent = readable(chosen, front, grounds);
  return { ...base, accent, 'accent-strong': mix(accent, front, 0.18), 'accent-ground': tint, 'on-accent': back };
};

/** Returns the colours of light and dark mode for an accent colour. */
export const palettesOf = (accent: Colour): { readonly light: Palette; readonly dark: Palette } => ({
  light: withAccent(LIGHT, accent, '#000000', '#ffffff'),
  dark: withAccent(DARK, mix(accent, '#ffffff', 0.2), '#ffffff', '#081512'),
});
