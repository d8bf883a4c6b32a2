import fc from 'fast-check';
import { contrastOf, type Colour } from '../../src/pages/assets/colour';
import { CONTRASTS, DEFAULT_ACCENT, palettesOf, type Palette } from '../../src/pages/assets/palette';
import { assertProperty } from '../support/properties/property-runs';

/** Pairs of a palette whose contrast is too low. */
const faintPairs = (palette: Palette) =>
  CONTRASTS.filter(([front, back, least]) => contrastOf(palette[front], palette[back]) < least).map(
    ([front, back]) => `${front} on ${back}: ${contrastOf(palette[front], palette[back]).toFixed(2)}`,
  );

it('computes the contrast of WCAG', () => {
  expect(contrastOf('#000000', '#ffffff')).toBe(21);
  expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

it.each(['light', 'dark'] as const)('has enough contrast in every pair of the %s colours', (mode) => {
  expect(faintPairs(palettesOf(DEFAULT_ACCENT)[mode])).toEqual([]);
});

it('keeps an accent colour that has enough contrast', () => {
  expect(palettesOf('#1d3fae').light.accent).toBe('#1d3fae');
});

it('darkens a light accent colour in light mode, and lightens a dark one in dark mode', () => {
  expect(contrastOf(palettesOf('#ffe600').light.accent, '#ffffff')).toBeGreaterThanOrEqual(4.5);
  expect(contrastOf(palettesOf('#101040').dark.accent, '#161d1b')).toBeGreaterThanOrEqual(4.5);
});

it('has enough contrast for any accent colour, in both modes', () => {
  const anyColour = fc
    .integer({ min: 0, max: 0xff_ff_ff })
    .map((value): Colour => `#${value.toString(16).padStart(6, '0')}`);
  assertProperty(
    fc.property(anyColour, (accent) => {
      const { light, dark } = palettesOf(accent);
      expect([...faintPairs(light), ...faintPairs(dark)]).toEqual([]);
    }),
  );
});
