import type { EpochSeconds } from './time';

/** When a feature is deprecated, and when it is expected to be gone. */
export interface Deprecation {
  readonly deprecation?: EpochSeconds;
  /** Not before `deprecation` (RFC 9745 §4). */
  readonly sunset?: EpochSeconds;
}

/** Returns the `Deprecation` header (RFC 9745 §2) and the `Sunset` header (RFC 8594 §3) of a response. */
export const deprecationHeaders = ({ deprecation, sunset }: Deprecation): Readonly<Record<string, string>> => ({
  ...(deprecation === undefined ? {} : { Deprecation: `@${Math.floor(deprecation)}` }),
  ...(sunset === undefined ? {} : { Sunset: new Date(sunset * 1000).toUTCString() }),
});
