import type { Colour } from '../pages/assets/colour';
import type { FooterLink } from '../pages/layout';
import { Checks, type Fields, type Path } from './checks';
import { readLogo, type Logo } from './logo';

/** Options of `gate.portal()` that decide how its pages look. */
export interface PortalLook {
  /**
   * Path of an SVG or PNG file of at most 100 KB, relative to the working directory. It is read at the start, shown
   * before the title and used as the icon. @default none
   */
  readonly logo?: string;
  /**
   * Colour of links and buttons, as `#rrggbb`. It is darkened in light mode and lightened in dark mode as far as the
   * contrast of text requires (WCAG 2.2, 4.5:1). @default '#0b5c4b'
   */
  readonly accent?: string;
  /** Links below every page, such as terms and contact, at most 10. @default none */
  readonly footer?: { readonly links: readonly FooterLink[] };
  /** Plain text on the sign-in page and, for visitors, on the catalogue, 1 to 1000 characters. @default none */
  readonly intro?: string;
}

/** The validated options. */
export interface CheckedLook {
  readonly logo: Logo | undefined;
  readonly accent: Colour | undefined;
  readonly links: readonly FooterLink[];
  readonly intro: string | undefined;
}

export const LOOK_KEYS = ['logo', 'accent', 'footer', 'intro'] as const satisfies readonly (keyof PortalLook)[];

const COLOUR = /^#[0-9a-f]{6}$/i;

const isColour = (text: string): text is Colour => COLOUR.test(text);

const MAX_LINKS = 10;

const URL_RULE = 'an https or mailto URL, or a path such as /terms';

/** Checks whether a link may lead somewhere: no scripts, and no host without a scheme, as `//example.com` has. */
const isLinkTarget = (url: string): boolean => {
  if (/[\p{Cc}\s\\]/u.test(url) || url.length > 2000) return false;
  if (url.startsWith('/')) return !url.startsWith('//');
  return URL.canParse(url) && ['https:', 'mailto:'].includes(new URL(url).protocol);
};

const readLink = (checks: Checks, value: unknown, path: Path): FooterLink | undefined => {
  const fields = checks.fields(value, path, ['text', 'url']) ?? {};
  const text = checks.required(fields['text'], [...path, 'text'], /^[^\p{Cc}]{1,60}$/u, '1 to 60 characters');
  const url = checks.required(fields['url'], [...path, 'url'], /^/, URL_RULE);
  if (url !== undefined && !isLinkTarget(url)) checks.fault([...path, 'url'], `must be ${URL_RULE}`);
  return text === undefined || url === undefined ? undefined : { text, url };
};

const readLinks = (checks: Checks, value: unknown): readonly FooterLink[] => {
  const { links } = checks.fields(value, ['footer'], ['links']) ?? {};
  const listed = checks.list(links, ['footer', 'links'], MAX_LINKS) ?? [];
  return listed.flatMap((link, index) => readLink(checks, link, ['footer', 'links', index]) ?? []);
};

/** Reads the fields of `PortalLook`. */
export const readLook = (checks: Checks, fields: Fields): CheckedLook => {
  const accent = checks.text(fields['accent'], ['accent'], COLOUR, 'a colour such as #0b5c4b');
  return {
    logo: readLogo(checks, fields['logo'], ['logo']),
    accent: accent !== undefined && isColour(accent) ? accent : undefined,
    links: readLinks(checks, fields['footer']),
    intro: checks.text(fields['intro'], ['intro'], /^[^\p{Cc}]{1}(?:[^\p{Cc}]|\n){0,999}$/u, '1 to 1000 characters'),
  };
};

/** Checks the options of a portal's look, without a gate. @throws ConfigurationError naming every fault */
export const checkPortalLook = (look: PortalLook): void => {
  const checks = new Checks();
  readLook(checks, checks.fields(look, [], LOOK_KEYS) ?? {});
  checks.finish();
};
