import type { ImportedGateway } from './imported-gateway';
import type { ImportReport } from './report';
import type { SourceNode } from './source-node';

/** The CORS setting of one part of a source. */
export interface FoundCors {
  readonly node: SourceNode;
  /** `undefined`: every origin. */
  readonly origins: readonly string[] | undefined;
  readonly credentials: boolean;
  /** Seconds; `undefined`: the default. */
  readonly maxAge: number | undefined;
}

const MAX_AGE = 86_400;
const MAX_ORIGINS = 100;
const ORIGIN = /^https?:\/\/[a-z0-9.-]+(?::\d{1,5})?$/;

/** Reads origins. `*` and `true` stand for every one. @returns `null` for none */
export const readOrigins = (node: SourceNode, report: ImportReport): readonly string[] | undefined | null => {
  if (!node.isPresent || node.value === true) return undefined;
  if (node.value === false) return null;
  const origins = node.texts();
  if (origins.includes('*')) return undefined;
  const valid = origins.filter((origin) => ORIGIN.test(origin));
  if (valid.length < origins.length) report.gap(node, 'Only exact origins can be allowed', 'List them in cors.origins');
  return valid.length === 0 ? null : valid;
};

/** Joins the settings of all parts into the one of the gateway: a list of origins counts more than all of them. */
export const joinCors = (found: readonly FoundCors[], parts: number, report: ImportReport): ImportedGateway['cors'] => {
  const [first] = found;
  if (first === undefined) return undefined;
  if (parts > 1)
    report.gap(first.node, 'CORS is one setting for all APIs and /token', 'Check cors of the gateway file');
  report.take(first.node, 'cors');
  const lists = found.flatMap(({ origins }) => (origins === undefined ? [] : [origins]));
  const withCredentials = found.find(({ credentials }) => credentials);
  if (lists.length === 0) {
    if (withCredentials !== undefined) {
      report.gap(
        withCredentials.node,
        'Credentials cannot be allowed for every origin',
        'List the origins in cors.origins',
      );
    }
    return true;
  }
  const { maxAge } = first;
  return {
    origins: [...new Set(lists.flat())].slice(0, MAX_ORIGINS),
    ...(found.every(({ credentials }) => credentials) ? { credentials: true } : {}),
    ...(maxAge === undefined ? {} : { maxAge: Math.min(Math.max(Math.floor(maxAge), 0), MAX_AGE) }),
  };
};
