import { phrases } from './phrases';

/** Texts of the redirect URIs and the type of an application. */
export const clientType = {
  redirectUris: 'Redirect URIs',
  redirectUrisHint:
    'One per line, at most 20: where the browser returns with an authorization code. ' +
    'https, http on 127.0.0.1, [::1] or localhost with any port, or a private-use scheme such as com.example.app:/callback.',
  publicClient: 'Public client',
  publicHint:
    'For browser, mobile and desktop apps, which cannot keep a secret: they have a key without a secret and use PKCE.',
  ifPublic: (ending: string) => `If you tick it, all secrets of this application are deleted. ${ending}`,
  ifConfidential: (ending: string) => `If you untick it, you have to add a secret to each key. ${ending}`,
  save: 'Save',
  none: 'none',
  type: 'Client type',
  isPublic: 'public: it has no secret and uses PKCE',
  isConfidential: 'confidential: it has a secret',
  saved: 'Saved.',
  savedPublic: 'Saved. The application is public: its secrets are deleted, and its tokens have ended.',
  savedConfidential: 'Saved. The application is confidential, and its tokens have ended. Add a secret to each key.',
  noPasswordGrants: (days: number) => `Password grant: no tokens in the last ${phrases.number(days)} days.`,
  /** @param last the last day, in UTC */
  passwordGrants: (tokens: number, days: number, last: string | undefined) => {
    const count = `${phrases.number(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`;
    const end = last === undefined ? '' : `, last on ${last} (UTC)`;
    return `Password grant: ${count} in the last ${phrases.number(days)} days${end}.`;
  },
  leavePasswordGrant: 'To leave it, set redirect URIs and use the authorization code.',
};
