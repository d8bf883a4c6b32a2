/** A colour as `#rrggbb`. */
export type Colour = `#${string}`;

type Channels = readonly [red: number, green: number, blue: number];

const channelsOf = (colour: Colour): Channels => {
  const value = Number.parseInt(colour.slice(1), 16);
  return [Math.floor(value / 65_536), Math.floor(value / 256) % 256, value % 256];
};

const hex = (channel: number): string => Math.round(channel).toString(16).padStart(2, '0');

/** Mixes two colours. @param share of the second colour, 0 to 1 */
export const mix = (one: Colour, other: Colour, share: number): Colour => {
  const others = channelsOf(other);
  const mixed = channelsOf(one).map((channel, index) => channel + ((others[index] ?? 0) - channel) * share);
  return `#${mixed.map(hex).join('')}`;
};

/** Relative luminance (WCAG 2.2, definition), 0 to 1. */
const luminanceOf = (colour: Colour): number => {
  const [red, green, blue] = channelsOf(colour).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Channels;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** Returns the contrast ratio of two colours (WCAG 2.2, definition), 1 to 21. */
export const contrastOf = (one: Colour, other: Colour): number => {
  const [darker = 0, lighter = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
};

/** Returns a colour with another lightness (HSL) and at most the given saturation; its hue is kept. */
export const withLightness = (colour: Colour, lightness: number, maxSaturation: number): Colour => {
  const parts = channelsOf(colour).map((channel) => channel / 255);
  const [low, high] = [Math.min(...parts), Math.max(...parts)];
  const range = high - low;
  if (range === 0) return mix('#000000', '#ffffff', lightness);
  const saturation = Math.min(range / (1 - Math.abs(high + low - 1)), maxSaturation);
  const chroma = (1 - Math.abs(2 * lightness - 1)) * saturation;
  const channels = parts.map((part) => (lightness - chroma / 2 + ((part - low) / range) * chroma) * 255);
  return `#${channels.map(hex).join('')}`;
};
