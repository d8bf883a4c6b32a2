import type { Grant } from './records';

/** Selects the grants of a client or of a user. */
export type GrantOwner = { readonly clientId: string } | { readonly subject: string };

/** A party to which tokens are issued, and whose tokens can be ended together. */
export type Principal = GrantOwner | { readonly organization: string };

/** Returns the parties of a grant: its client, its user if it has one, and their organization if there is one. */
export const principalsOf = ({ clientId, subject, organization }: Grant): readonly Principal[] => {
  const principals: Principal[] = [{ clientId }];
  if (subject !== undefined) principals.push({ subject });
  if (organization !== undefined) principals.push({ organization });
  return principals;
};

/** Returns a text that is different for every principal. */
export const printPrincipal = (principal: Principal): string => {
  if ('clientId' in principal) return `client ${principal.clientId}`;
  return 'subject' in principal ? `user ${principal.subject}` : `organization ${principal.organization}`;
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
    default:
      return undefined;
  }
};
