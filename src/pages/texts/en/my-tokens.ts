import { html, type Content } from '../../html';
import { phrases } from './phrases';

/** Texts of My tokens, and of the tokens on the page of an application. */
export const myTokens = {
  caption: 'Live tokens issued for you or your applications',
  heads: {
    subject: 'For',
    application: 'Application',
    environment: 'Environment',
    scopes: 'Scopes',
    issued: 'Issued',
    expires: 'Expires',
    lastUsed: 'Last used',
  },
  environments: { production: 'production', sandbox: 'sandbox' },
  client: (name: string, environment: string) => `${name} (${environment})`,
  forApplication: 'the application',
  only: (resource: string) => `${resource} only`,
  refreshable: 'access token expired, can be refreshed',
  revoke: 'Revoke',
  /** Describes a button that revokes a token. */
  about: (client: Content, issued: Content) => html`the token of ${client} from ${issued}`,
  /** Describes a button that revokes a token whose access token has expired. */
  aboutExpired: (client: Content) => html`the token of ${client}`,
  none: 'No live tokens.',
  noneOf: (application: string) => `No live tokens of ${application}.`,
  generate: 'Generate one',
  application: 'Application',
  allApplications: 'All applications',
  show: 'Show',
  incomplete: (count: number) =>
    `There are more tokens than these ${phrases.number(count)}. Choose an application to list only its tokens.`,
  incompleteOf: (count: number) =>
    `There are more tokens than these ${phrases.number(count)}. To end all of them, revoke all tokens of the application.`,
  live: 'Live tokens',
  revoked: 'The token has ended.',
  revokedAll: 'All of these tokens have ended.',
  revokedAllAndConsents: 'All of these tokens have ended, and your consents have been revoked.',
  consentRevoked: 'The consent has been revoked. Its tokens have ended.',
  revokeAll: 'Revoke all',
  revokeAllTitle: 'Revoke all tokens?',
  revokeAllEffect: (ending: string) => `${ending} Programs that use them are refused until they get new ones.`,
  consentsRevoked: (count: number) =>
    count === 1
      ? '1 consent is revoked: the application has to ask you again.'
      : `${phrases.number(count)} consents are revoked: the applications have to ask you again.`,
};
