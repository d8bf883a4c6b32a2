import { readFileSync, statSync } from 'node:fs';
import type { Checks, Path } from './checks';

/** The image before the title of a portal. */
export interface Logo {
  readonly type: 'image/svg+xml' | 'image/png';
  readonly content: Buffer;
}

/** Every page loads the image, so a photograph is refused. */
const MAX_BYTES = 102_400;

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** Returns the type of an image by its content, because browsers must not guess it. */
const typeOf = (content: Buffer): Logo['type'] | undefined => {
  if (content.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) return 'image/png';
  return /^\s*<(?:\?xml|!--|!doctype|svg)[\s\S]*<svg[\s>]|^\s*<svg[\s>]/i.test(
    content.toString('utf8').replace(/^\uFEFF/, ''),
  )
    ? 'image/svg+xml'
    : undefined;
};

/** Reads a file of at most `MAX_BYTES`, or returns why it cannot be used. */
const readImage = (file: string): Buffer | string => {
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) return `has ${size} bytes; a logo has at most ${MAX_BYTES}`;
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return `cannot be read${code === undefined ? '' : ` (${code})`}: give the path of an SVG or PNG file`;
  }
};

/** Reads the file of a logo, relative to the working directory. */
export const readLogo = (checks: Checks, value: unknown, path: Path): Logo | undefined => {
  const file = checks.text(value, path, /^[^\0]{1,1000}$/, 'the path of an SVG or PNG file');
  if (file === undefined) return undefined;
  const content = readImage(file);
  if (typeof content === 'string') return checks.fault(path, content);
  const type = typeOf(content);
  return type === undefined ? checks.fault(path, 'is neither an SVG nor a PNG file') : { type, content };
};
