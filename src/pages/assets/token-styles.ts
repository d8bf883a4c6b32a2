import type { Colour } from './colour';
import { palettesOf, type Palette } from './palette';

const print = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(' ');

/** Design tokens that do not depend on the mode: type, space, corners. */
const SIZES = `
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  --small: .875rem; --large: 1.2rem; --title: clamp(1.5rem, 1.2rem + 1.4vw, 2rem);
  --gap-s: .5rem; --gap: 1rem; --gap-l: 1.5rem; --gap-xl: 2.5rem;
  --corner: .5rem; --corner-l: .75rem; --measure: 44rem;`;

/** Returns the custom properties of light and dark mode. */
export const tokenStyles = (accent: Colour): string => {
  const { light, dark } = palettesOf(accent);
  return `
:root { color-scheme: light dark; ${print(light)}${SIZES}
  --shadow: 0 1px 2px rgb(16 32 28 / .06), 0 2px 8px rgb(16 32 28 / .05); --shadow-l: 0 8px 30px rgb(16 32 28 / .16); }
@media (prefers-color-scheme: dark) { :root { ${print(dark)}
  --shadow: 0 1px 2px rgb(0 0 0 / .3); --shadow-l: 0 8px 30px rgb(0 0 0 / .55); } }
`;
};
