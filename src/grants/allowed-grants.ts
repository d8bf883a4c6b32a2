import type { Client } from '../directory/records';
import { GRANT_TYPES, GRANTS, PUBLIC_GRANT_TYPES, type ActsFor, type GrantType } from '../protocol/grant-types';
import type { IssueRequest } from '../tokens/new-grant';

type WithApplication = Pick<Client, 'application'>;

/**
 * Checks whether a client may use a grant type. An application that names none may use all that the gate offers; the
 * authorization code only if it has redirect URIs.
 */
export const mayUse = ({ application }: WithApplication, grantType: GrantType): boolean => {
  const { grantTypes, redirectUris = [], isPublic = false } = application;
  if (grantTypes !== undefined && !grantTypes.includes(grantType)) return false;
  if (isPublic && !PUBLIC_GRANT_TYPES.includes(grantType)) return false;
  return grantType !== 'authorization_code' || redirectUris.length > 0;
};

/** Checks whether a client may use a grant type that acts for a user, or for the client itself. */
export const mayActFor = (client: WithApplication, party: Exclude<ActsFor, 'existing grant'>): boolean =>
  GRANT_TYPES.some((grantType) => GRANTS[grantType].actsFor === party && mayUse(client, grantType));

/** Decides whether a client gets a refresh token with the tokens of a user. */
export const refreshTokenFor = (client: WithApplication): IssueRequest['refreshToken'] =>
  mayUse(client, 'refresh_token') ? 'issue' : 'none';
