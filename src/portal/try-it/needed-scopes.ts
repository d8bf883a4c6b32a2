import type { Requirement } from '../../access/requirement';
import type { Resource } from '../../access/resource';

/** The scopes of a resource, divided by whether they can be granted. */
export interface NeededScopes {
  /** The ones to request. */
  readonly scopes: readonly string[];
  /** The ones that are needed and cannot be granted. */
  readonly refused: readonly string[];
}

const isMet = ({ refused }: NeededScopes): boolean => refused.length === 0;

const divide = (requirement: Requirement, canHave: (scope: string) => boolean): NeededScopes => {
  if (typeof requirement === 'string') {
    return canHave(requirement) ? { scopes: [requirement], refused: [] } : { scopes: [], refused: [requirement] };
  }
  const parts = ('allOf' in requirement ? requirement.allOf : requirement.anyOf).map((part) => divide(part, canHave));
  const met = 'anyOf' in requirement ? parts.find(isMet) : undefined;
  const counted = met === undefined ? parts : [met];
  return {
    scopes: [...new Set(counted.flatMap(({ scopes }) => scopes))],
    refused: [...new Set(counted.flatMap(({ refused }) => refused))],
  };
};

/** Divides the scopes that a resource requires. Of alternatives, only the first one that can be granted is needed. */
export const neededScopes = (
  { access }: Pick<Resource, 'access'>,
  canHave: (scope: string) => boolean,
): NeededScopes => (access.kind === 'scopes' ? divide(access.requirement, canHave) : { scopes: [], refused: [] });
