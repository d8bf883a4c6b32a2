import type { EpochSeconds, Seconds } from '../protocol/time';
import { html, type Html } from './html';
import { UNITS } from './texts/formats';
import type { Language } from './texts/languages';
import type { Texts } from './texts/texts';
import { time } from './time';

/** Formats a time span from now: `in 58 minutes`, `3 days ago`, `now`; German `in 58 Minuten`. */
export const printRelative = (seconds: Seconds, language: Language): string => {
  const whole = Math.trunc(seconds);
  const formats = new Intl.RelativeTimeFormat(language, { numeric: whole === 0 ? 'auto' : 'always' });
  const [size, unit] = UNITS.find(([least]) => Math.abs(whole) >= least) ?? UNITS[3];
  return formats.format(Math.trunc(whole / size), unit);
};

/** The point from which a time span counts, and the language in which it is written. */
export interface Present {
  readonly now: EpochSeconds;
  readonly language: Language;
  readonly texts: Pick<Texts, 'phrases'>;
}

/**
 * Renders an instant as a time span from now. Its title is the instant in UTC, which the script of the pages converts to
 * the user's time zone. `undefined` renders like that of `time`.
 */
export const relativeTime = (instant: EpochSeconds | undefined, { now, language, texts }: Present): Html => {
  if (instant === undefined || !Number.isFinite(instant)) return time(instant, texts);
  const iso = new Date(instant * 1000).toISOString();
  return html`<time datetime="${iso}" title="${iso.slice(0, 16).replace('T', ' ')} UTC" data-relative
    >${printRelative(instant - now, language)}</time
  >`;
};
