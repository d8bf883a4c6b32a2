import type { Consents } from '../consents/consents';
import type { Scope } from '../protocol/scope';
import type { Grant } from '../tokens/records';

export type ConsentReads = Pick<Consents, 'findFreshById'>;

/**
 * Returns the scopes among these to which the user still consents; all of them for a grant that needs no consent, and
 * `withdrawn` if the consent is gone. Reads the store; never cached.
 */
export const findFreshConsented = async (
  consents: ConsentReads,
  { consent: id, subject }: Pick<Grant, 'consent' | 'subject'>,
  scopes: Scope,
): Promise<Scope | 'withdrawn'> => {
  if (id === undefined) return scopes;
  const consent = subject === undefined ? undefined : await consents.findFreshById(subject, id);
  return consent === undefined ? 'withdrawn' : scopes.filter((scope) => consent.granted.includes(scope));
};
