import type { Fields } from '../protocol/checks';

/** Applications that are listed together: those of an owner, or those of an organization (`undefined`: of none). */
export type ApplicationGroup = { readonly owner: string } | { readonly organization: string | undefined };

const isString = (value: unknown): value is string => typeof value === 'string';

/**
 * Returns the groups of a stored application: that of its owner and that of its organization. Every value has both, so
 * that an index of all groups is complete if it has twice as many entries as there are values.
 */
export const groupsOf = (stored: unknown): readonly [owner: ApplicationGroup, organization: ApplicationGroup] => {
  const { owner, organization } = typeof stored === 'object' && stored !== null ? (stored as Fields) : {};
  return [{ owner: isString(owner) ? owner : '' }, { organization: isString(organization) ? organization : undefined }];
};

/** Folds a full name as its normal form does, and not only names that have one. */
const foldedOwner = (fullName: string): string => fullName.normalize('NFKC').toLowerCase().normalize('NFKC');

/**
 * Returns the key under which the applications of a group are indexed. All spellings of an owner have the same key,
 * whether or not there are organizations. Ids of a `users` function that differ in case only share a key as well, so a
 * reader compares the owner of each application.
 */
export const groupKeyOf = (group: ApplicationGroup): string => {
  if ('owner' in group) return `owner ${foldedOwner(group.owner)}`;
  return group.organization === undefined ? 'no organization' : `organization ${group.organization}`;
};
