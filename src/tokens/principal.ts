import type { Grant } from './records';

/** Selects the grants of a client or of a user. */
export type GrantOwner = { readonly clientId: string } | { readonly subject: string };

/** A party to which tokens are issued, or the consent under which they are, and whose tokens can be ended together. */
export type Principal = GrantOwner | { readonly organization: string } | { readonly consent: string };

/** Checks whether the store lists the grants of a principal. */
export const isOwner = (principal: Principal): principal is GrantOwner =>
  'clientId' in principal || 'subject' in principal;

/** Returns the parties of a grant: its client and, if there are any, its user, their organization and the consent. */
export const principalsOf = ({ clientId, subject, organization, consent }: Grant): readonly Principal[] => {
  const principals: Principal[] = [{ clientId }];
  if (subject !== undefined) principals.push({ subject });
  if (organization !== undefined) principals.push({ organization });
  if (consent !== undefined) principals.push({ consent });
  return principals;
};

/** Returns a text that is different for every principal. */
export const printPrincipal = (principal: Principal): string => {
  if ('clientId' in principal) return `client ${principal.clientId}`;
  if ('subject' in principal) return `user ${principal.subject}`;
  return 'organization' in principal ? `organization ${principal.organization}` : `consent ${principal.consent}`;
};

/** Reads the text of `printPrincipal`. @returns `undefined` for any other text */
export const readPrincipal = (text: string): Principal | undefined => {
  const space = text.indexOf(' ');
  const name = text.slice(space + 1);
  switch (text.slice(0, Math.max(0, space))) {
    case 'client':
      return { clientId: name };
    case 'user':
      return { subject: name };
    case 'organization':
      return { organization: name };
    case 'consent':
      return { consent: name };
    default:
      return undefined;
  }
};
