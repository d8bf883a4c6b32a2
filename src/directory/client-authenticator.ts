import type { ClientCredentials } from '../protocol/credentials';
import { OAuthError } from '../protocol/errors';
import { digestOf, equalTexts } from '../protocol/secrets';
import type { Throttle } from '../throttle/throttle';
import type { Directory } from './directory';
import type { Client } from './records';

const LONGEST_CLIENT_ID = 128;
const LONGEST_CLIENT_SECRET = 256;

// One wording for unknown, wrong, expired and disabled (RFC 6819 §4.3.5).
const invalidClient = (): OAuthError => new OAuthError('invalid_client', 'The client could not be authenticated.');

/** Decides whether credentials are a client's (RFC 6749 §2.3.1). */
export class ClientAuthenticator {
  readonly #directory: Directory;
  readonly #throttle: Throttle;
  readonly #decoy = digestOf('');

  constructor(directory: Directory, throttle: Throttle) {
    this.#directory = directory;
    this.#throttle = throttle;
  }

  /** @throws OAuthError `invalid_client`; `invalid_request` (429) after too many failures. */
  async authenticate({ clientId, clientSecret }: ClientCredentials, address: string): Promise<Client> {
    if (clientId === '' || clientId.length > LONGEST_CLIENT_ID || clientSecret.length > LONGEST_CLIENT_SECRET) {
      throw invalidClient();
    }
    this.#throttle.refuseBlockedClient(clientId, address);
    const client = await this.#directory.findClient(clientId);
    const right = this.#knows(client, clientSecret);
    if (client === undefined || !right || !(await this.#directory.isEnabled(client.application))) {
      await this.#takeAsLongAsUnknown(clientId);
      await this.#throttle.clientFailed(clientId, address);
      throw invalidClient();
    }
    return client;
  }

  #knows(client: Client | undefined, clientSecret: string): boolean {
    if (clientSecret === '') return false;
    const digest = digestOf(clientSecret);
    const now = this.#directory.clock();
    const live = client?.secrets.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now) ?? [];
    const digests = live.length === 0 ? [this.#decoy] : live.map((secret) => secret.digest);
    return digests.map((candidate) => equalTexts(candidate, digest)).includes(true) && live.length > 0;
  }

  /** A declared client is found without the store, an unknown one only after it was asked: ask it here as well. */
  async #takeAsLongAsUnknown(clientId: string): Promise<void> {
    if (this.#directory.clients.isDeclared(clientId)) await this.#directory.clients.findInStore(clientId);
  }
}
