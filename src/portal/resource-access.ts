import { scopesIn } from '../access/requirement';
import type { Resource } from '../access/resource';
import { html, type Html } from '../pages/html';

/** Renders the access requirement of a resource. */
export const accessOf = ({ access }: Resource): Html => {
  if (access.kind === 'public') return html`public`;
  if (access.kind === 'token') return html`any token`;
  const scopes = scopesIn(access.requirement);
  const isAny = typeof access.requirement === 'object' && 'anyOf' in access.requirement;
  return html`${isAny && scopes.length > 1 && 'any of '}${scopes.map((scope) => html`<code>${scope}</code> `)}`;
};
