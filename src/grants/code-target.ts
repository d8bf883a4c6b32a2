import type { ResourceIndicators } from '../access/resource-indicators';
import { OAuthError } from '../protocol/errors';
import type { CodeRecord } from '../tokens/code-store';

/** The resources of a grant that a code becomes. */
export interface CodeTarget {
  /** Identifier of the resource of the access token; `undefined` for any. */
  readonly audience: string | undefined;
  /** Identifiers of the resources of the grant; `undefined` for any. */
  readonly resources: readonly string[] | undefined;
}

const invalidTarget = (description: string): OAuthError => new OAuthError('invalid_target', description);

/**
 * Decides which resource the tokens of a code are for (RFC 8707 §2.2): the requested one, if the user has allowed it. A
 * code for any resource can be narrowed to one; that binds the whole grant, so that no refresh widens it again.
 * @param requested identifier of the requested resource
 * @throws OAuthError `invalid_target`
 */
export const codeTarget = (
  indicators: Pick<ResourceIndicators, 'find'>,
  { resources }: Pick<CodeRecord, 'resources'>,
  requested: string | undefined,
): CodeTarget => {
  const [only, ...more] = resources;
  if (only === undefined) return { audience: requested, resources: requested === undefined ? undefined : [requested] };
  if (requested !== undefined && !resources.includes(requested)) {
    throw invalidTarget('The resource is not one that was granted.');
  }
  if (requested === undefined && more.length > 0) {
    throw invalidTarget('Several resources were granted, and an access token is for one: send its resource.');
  }
  const audience = requested ?? only;
  // Its API may have been removed since: no guard would accept the token.
  if (indicators.find(audience) === undefined) throw invalidTarget('The granted resource no longer exists.');
  return { audience, resources };
};
