import type { EpochSeconds } from '../protocol/time';
import type { AuditEntry } from './audit-log';

/** Selects entries of an audit. A field that is absent selects all. */
export interface AuditFilter {
  /** Part of the name of the user, the consumer key or the network that acted, in any case. */
  readonly who?: string;
  readonly action?: string;
  /** Part of the name of what was affected, of its consumer key or of the details, in any case. */
  readonly target?: string;
  /** The first instant. */
  readonly from?: EpochSeconds;
  /** The instant after the last one. */
  readonly until?: EpochSeconds;
}

const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

const isIn = (part: string | undefined, texts: readonly (string | undefined)[]): boolean =>
  part === undefined || texts.some((text) => text !== undefined && folded(text).includes(folded(part)));

/** Checks whether an entry is selected, except by its instant. */
export const isSelected = (
  { action, actor, target, clientId, network, detail }: AuditEntry,
  filter: AuditFilter,
): boolean =>
  (filter.action === undefined || action === filter.action) &&
  isIn(filter.who, [actor, actor === undefined ? clientId : undefined, network]) &&
  isIn(filter.target, [target, clientId, detail]);
