import type { Colour } from './colour';
import { DEFAULT_ACCENT, palettesOf } from './palette';

/** Returns the icon of a gate (SVG). */
export const createIcon = (accent: Colour = DEFAULT_ACCENT): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="${palettesOf(accent).light.accent}"/><path d="M4 13V6a4 4 0 0 1 8 0v7M8 3v10" fill="none" stroke="#fff" stroke-width="1.6"/></svg>`;
