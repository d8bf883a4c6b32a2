import { findOverlaps, type Overlap } from '../access/overlaps';
import { parsePathTemplate, type printTemplate } from '../access/path-template';
import type { Requirement } from '../access/requirement';
import type { Resource } from '../access/resource';
import type { Checks, Path } from './checks';

const normalRequirement = (requirement: Requirement): unknown => {
  if (typeof requirement === 'string') return requirement;
  const [kind, parts] = 'allOf' in requirement ? ['all', requirement.allOf] : ['any', requirement.anyOf];
  const written = [...new Set(parts.map((part) => JSON.stringify(normalRequirement(part))))].sort();
  return written.length === 1 ? JSON.parse(written[0] ?? '') : [kind, ...written];
};

/** Returns the same string for rules that require and admit the same, in whatever order they name it. */
const ruleText = ({ access, limit }: Resource): string => {
  const { requests, per, burst, by } = limit ?? {};
  return JSON.stringify([
    access.kind === 'scopes' ? normalRequirement(access.requirement) : access.kind,
    [requests, per, burst, by],
  ]);
};

/** Path of a declaration in the options, and how its template is written there. */
export interface ResourcePlace {
  readonly path: Path;
  readonly written: string;
}

const describeOverlap = ({ method, kind }: Overlap, first: string, second: string, common: string): string => {
  const both = `${method} ${second} and ${method} ${first}`;
  const cure = 'give both the same rule, or keep one';
  if (kind === 'same') return `declares ${both}, which match the same requests and have different rules: ${cure}`;
  if (kind === 'folded') {
    return `declares ${both}, which many routers take for the same path, with different rules: ${cure}`;
  }
  return (
    `declares ${both}, which both match ${common} and have different rules: ` +
    `declare ${method} ${common} as well, or give both the same rule`
  );
};

/** Reports resources with different rules that a request can both match, if neither takes precedence. */
export const checkOverlaps = (
  checks: Checks,
  resources: readonly Resource[],
  placeOf: (index: number) => ResourcePlace,
  print: typeof printTemplate,
): void => {
  const declared = resources.map((resource) => ({
    template: parsePathTemplate(resource.path),
    methods: resource.methods,
    rule: ruleText(resource),
  }));
  for (const overlap of findOverlaps(declared)) {
    const [first, second] = [placeOf(overlap.first), placeOf(overlap.second)];
    checks.fault(second.path, describeOverlap(overlap, first.written, second.written, print(overlap.common)));
  }
};
