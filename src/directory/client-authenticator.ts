import type { ClientCredentials } from '../protocol/credentials';
import { OAuthError } from '../protocol/errors';
import { digestOf, equalDigests } from '../protocol/secrets';
import type { Throttle } from '../throttle/throttle';
import type { Directory } from './directory';
import { isUsable } from './key-pairs';
import type { Client, ClientSecret } from './records';
import type { SecretUses } from './secret-uses';

const LONGEST_CLIENT_ID = 128;
const LONGEST_CLIENT_SECRET = 256;

// One wording for unknown, wrong, expired and disabled (RFC 6819 §4.3.5).
const invalidClient = (): OAuthError => new OAuthError('invalid_client', 'The client could not be authenticated.');

/** Decides whether credentials are a client's (RFC 6749 §2.3.1). */
export class ClientAuthenticator {
  readonly #directory: Directory;
  readonly #throttle: Throttle;
  readonly #uses: SecretUses;
  readonly #decoy = digestOf('');

  constructor(directory: Directory, throttle: Throttle, uses: SecretUses) {
    this.#directory = directory;
    this.#throttle = throttle;
    this.#uses = uses;
  }

  /** @throws OAuthError `invalid_client`; `invalid_request` (429) after too many failures. */
  async authenticate({ clientId, clientSecret }: ClientCredentials, address: string): Promise<Client> {
    if (clientId === '' || clientId.length > LONGEST_CLIENT_ID || clientSecret.length > LONGEST_CLIENT_SECRET) {
      throw invalidClient();
    }
    this.#throttle.refuseBlockedClient(clientId, address);
    const recalled = this.#directory.recallClient(clientId);
    const client = recalled ?? (await this.#directory.lookForClient(clientId));
    const secret = this.#matchingSecret(client, clientSecret);
    if (client === undefined || secret === undefined || !(await this.#directory.wasEnabled(client.application))) {
      if (recalled !== undefined) await this.#takeAsLongAsUnknown(clientId);
      await this.#throttle.clientFailed(clientId, address);
      throw invalidClient();
    }
    this.#uses.note(client, secret);
    return client;
  }

  /** Compares with every live secret, and with a decoy where there is none, in a time that tells nothing. */
  #matchingSecret(client: Client | undefined, clientSecret: string): ClientSecret | undefined {
    const digest = digestOf(clientSecret);
    const now = this.#directory.clock();
    const live = client?.secrets.filter((candidate) => isUsable(candidate, now)) ?? [];
    if (live.length === 0) equalDigests(this.#decoy, digest);
    const [match] = live.filter((secret) => equalDigests(secret.digest, digest));
    return clientSecret === '' ? undefined : match;
  }

  /** One that is declared or cached is found without the store, an unknown one only after it was asked: ask it as well. */
  async #takeAsLongAsUnknown(clientId: string): Promise<void> {
    const { clients, applications } = this.#directory;
    await clients.findInStore(clientId);
    await applications.findInStore(clientId);
  }
}
