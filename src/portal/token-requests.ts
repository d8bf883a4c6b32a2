import type { SecretInfo } from '../directory/application-info';
import { copyableLines } from '../pages/copyable';
import { html, type Html } from '../pages/html';
import type { Environment } from '../tokens/records';
import { authorizeAddress, BASIC_PLACEHOLDER, codeCurl, passwordCurl } from './curl';
import type { OwnApplication } from './own-applications';
import type { PortalServices } from './services';
import type { UserVisit } from './visit';

export type Addresses = Pick<PortalServices, 'authorizeUrl' | 'tokenUrl'>;

export interface ShownKey {
  readonly environment: Environment;
  readonly clientId: string;
  readonly secrets: readonly SecretInfo[];
}

interface ShownRequests {
  readonly key: ShownKey;
  /** The first of the registered ones. */
  readonly redirectUri: string;
  /** Absent for a public application. */
  readonly header: string | undefined;
}

/** Renders the two requests of the authorization code with PKCE (RFC 7636 §4). */
const codeRequests = ({ key, redirectUri, header }: ShownRequests, { authorizeUrl, tokenUrl }: Addresses): Html => {
  const { clientId, environment } = key;
  const client = { clientId, redirectUri };
  return html`<h3>Sign users in</h3>
    <p>
      Choose a new <code>code_verifier</code> of 43 to 128 characters for each sign-in. The
      <code>code_challenge</code> is its SHA-256 in base64url (PKCE). Open the first address in the browser; it returns
      to the redirect URI with a <code>code</code>. Send that to the second.
    </p>
    ${
      authorizeUrl !== undefined &&
      copyableLines(
        `authorize-${environment}`,
        authorizeAddress(authorizeUrl, client),
        `the authorization request (${environment})`,
      )
    }
    ${
      tokenUrl !== undefined &&
      copyableLines(
        `code-curl-${environment}`,
        codeCurl(tokenUrl, client, header),
        `the curl command for the code (${environment})`,
      )
    }`;
};

/** Renders how the key gets a token for a user. */
export const tokenRequests = (
  visit: UserVisit,
  { redirectUris: [redirectUri], public: isPublic }: OwnApplication,
  key: ShownKey,
  addresses: Addresses,
): Html => {
  const header = isPublic ? undefined : BASIC_PLACEHOLDER;
  return html`${redirectUri !== undefined && codeRequests({ key, redirectUri, header }, addresses)}
  ${
    addresses.tokenUrl !== undefined &&
    header !== undefined &&
    html`<h3>Get a token with curl</h3>
      ${copyableLines(
        `curl-${key.environment}`,
        passwordCurl(addresses.tokenUrl, header, visit.user.username),
        `the curl command (${key.environment})`,
      )}`
  }`;
};
