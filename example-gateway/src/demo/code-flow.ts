import { createHash, randomBytes } from 'node:crypto';
import { isMap, type Fields } from '../configuration/fields';
import { curlFor, encode, type CalledGateway } from './shell';

/** The public application of the default file, whose redirect URIs are pages of the demo. */
const CLIENT_ID = 'orders-web';

const randomText = (): string => randomBytes(32).toString('base64url');

const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

/** Checks whether the demo of the code flow works with these options: its client, its scopes and CORS are declared. */
export const hasCodeFlow = ({ applications, authorization, cors, issuer, paths }: Fields): boolean =>
  issuer === undefined &&
  authorization === undefined &&
  cors !== undefined &&
  !(isMap(paths) && 'authorize' in paths) &&
  Array.isArray(applications) &&
  applications.some((application) => isMap(application) && application['consumerKey'] === CLIENT_ID);

/** An authorization request of the demo's public client (RFC 6749 §4.1.1, RFC 7636 §4.3). */
export class CodeFlow {
  readonly #gateway: CalledGateway;
  readonly #redirectUri: string;
  readonly #state = randomText();
  readonly #verifier = randomText();

  constructor(gateway: CalledGateway, redirectUri: string) {
    this.#gateway = gateway;
    this.#redirectUri = redirectUri;
  }

  /** The address that a user opens in a browser. */
  get address(): string {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: CLIENT_ID,
      redirect_uri: this.#redirectUri,
      scope: 'read update',
      state: this.#state,
      code_challenge: challengeOf(this.#verifier),
      code_challenge_method: 'S256',
    });
    return `${this.#gateway.url}/authorize?${query.toString()}`;
  }

  /** Returns the text that explains a response to this request (RFC 6749 §4.1.2): how to redeem the code, or the error. */
  describe(response: URLSearchParams): string {
    const code = response.get('code');
    if (response.get('state') !== this.#state || response.get('iss') !== this.#gateway.url) {
      return 'This is no response to the address that the gateway printed. Open that address again.';
    }
    if (code === null) {
      return `The gateway returned no code: ${response.get('error_description') ?? response.get('error')}`;
    }
    const form = `grant_type=authorization_code&client_id=${CLIENT_ID}&code=${encode(code)}`;
    const proof = `redirect_uri=${encode(this.#redirectUri)}&code_verifier=${this.#verifier}`;
    return [
      'The gateway returned a code. Within a minute, paste this line into a terminal to get tokens for it:',
      '',
      `${curlFor(this.#gateway)} -d '${form}&${proof}' ${this.#gateway.url}/token`,
    ].join('\n');
  }
}
