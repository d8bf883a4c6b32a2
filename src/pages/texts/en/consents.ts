import { html, type Content } from '../../html';

/** Texts of the consents on My tokens. */
export const consents = {
  title: 'Applications with your consent',
  caption: 'Your consents. Revoking one ends its tokens.',
  heads: { application: 'Application', apis: 'APIs', scopes: 'Allowed scopes', since: 'Since' },
  anyApi: 'any',
  outsideApis: 'resources outside of the APIs',
  noScopes: 'none',
  revoke: 'Revoke',
  /** Describes a button that revokes a consent. */
  about: (application: string, since: Content) => html`the consent for ${application} from ${since}`,
};
