import { LRUCache } from 'lru-cache';
import { readClientCredentials, type ClientCredentials } from '../protocol/credentials';
import { entryLimit } from '../protocol/entry-limit';
import { OAuthError } from '../protocol/errors';
import type { Parameters } from '../protocol/parameters';
import { digestOf, equalDigests, type Digest } from '../protocol/secrets';
import type { ClientThrottle, UnknownClientFlood } from '../throttle/client-throttle';
import type { Directory } from '../directory/directory';
import { isUsable } from '../directory/key-pairs';
import type { Client, ClientSecret } from '../directory/records';
import { throughPassport } from './passport';
import type { SecretUses } from './secret-uses';

const MAX_CLIENT_ID_LENGTH = 128;
const MAX_CLIENT_SECRET_LENGTH = 256;
const MAX_RECENT_CREDENTIALS = 10_000;

// The same message for unknown, wrong, expired and disabled credentials (RFC 6819 §4.3.5).
const invalidClient = (): OAuthError => new OAuthError('invalid_client', 'The client could not be authenticated.');

/** The parts of a request that a client authenticates by. */
export interface ClientRequest {
  readonly rawHeaders: readonly string[];
  readonly parameters: Parameters;
  /** Address of the client: Express's `req.ip`. */
  readonly address: string;
  readonly onAuthenticated: (clientId: string) => void;
}

/** Authentication of clients, as the endpoints use it. */
export interface ClientAuthentication {
  /**
   * Authenticates the client of a request by its id and secret, in the header or in the form (RFC 6749 §2.3.1). A public
   * client sends its id in the form and no secret (§3.2.1); only public clients are accepted without one.
   * @throws OAuthError `invalid_client`; `invalid_request` for malformed or repeated credentials, and (429) after too
   *   many failures.
   */
  authenticate(request: ClientRequest): Promise<Client>;
}

/** The credentials that a client sent. */
interface PresentedCredentials {
  readonly clientId: string;
  /** The digest of the secret. An empty secret never matches. */
  readonly secret: Digest | 'empty' | 'none';
}

const cacheKeyOf = ({ clientId, secret }: PresentedCredentials): string => `${clientId} ${secret}`;

const presentedIn = ({ clientId, clientSecret }: ClientCredentials): PresentedCredentials => {
  if (clientSecret === undefined) return { clientId, secret: 'none' };
  return { clientId, secret: clientSecret === '' ? 'empty' : digestOf(clientSecret) };
};

/** Authenticates clients, through Passport. */
export class ClientAuthenticator implements ClientAuthentication {
  readonly #directory: Directory;
  readonly #throttle: ClientThrottle;
  readonly #uses: SecretUses;
  readonly #check = throughPassport((credentials, address) => this.#verify(credentials, address));
  readonly #decoy = digestOf('');
  // Recently valid credentials are checked even from an address that floods. A guess is not among them.
  readonly #recentlyValid = new LRUCache<string, true>(entryLimit(MAX_RECENT_CREDENTIALS));

  constructor(directory: Directory, throttle: ClientThrottle, uses: SecretUses) {
    this.#directory = directory;
    this.#throttle = throttle;
    this.#uses = uses;
  }

  async authenticate({ rawHeaders, parameters, address, onAuthenticated }: ClientRequest): Promise<Client> {
    const client = await this.#check(readClientCredentials(rawHeaders, parameters), address);
    onAuthenticated(client.clientId);
    return client;
  }

  async #verify(credentials: ClientCredentials, address: string): Promise<Client> {
    const { clientId, clientSecret = '' } = credentials;
    if (clientId === '' || clientId.length > MAX_CLIENT_ID_LENGTH || clientSecret.length > MAX_CLIENT_SECRET_LENGTH) {
      throw invalidClient();
    }
    this.#throttle.refuseBlockedClient(clientId, address);
    const presented = presentedIn(credentials);
    const cached = this.#directory.peekClient(clientId);
    const flood = this.#throttle.findFlood(address);
    if (flood !== undefined) {
      this.#refuseGuess(presented, cached ?? this.#directory.peekDeclaredClient(clientId), address, flood);
    }
    const client = cached ?? (await this.#directory.findClient(clientId));
    const proof = this.#proofOf(client, presented);
    if (client === undefined || proof === undefined || !(await this.#directory.isEnabled(client.application))) {
      if (cached !== undefined) await this.#spendTimeOfUnknownClient(clientId);
      if (client === undefined) await this.#throttle.countUnknownClient(clientId, address);
      else await this.#throttle.countFailedClient(clientId, address);
      flood?.refuse();
      throw invalidClient();
    }
    if (proof !== 'none') this.#uses.note(client, proof);
    if (!this.#directory.clients.isDeclared(clientId)) this.#recentlyValid.set(cacheKeyOf(presented), true);
    return client;
  }

  /**
   * Refuses a guess from an address that floods with unknown clients, before the store is read. Unknown ids and wrong
   * secrets are refused in the same way, so that neither the response nor its time reveals which clients exist.
   * Credentials that cannot be distinguished from a guess may use one of a few reads per second.
   *
   * @throws OAuthError `invalid_request` (429)
   */
  #refuseGuess(
    presented: PresentedCredentials,
    known: Client | undefined,
    address: string,
    flood: UnknownClientFlood,
  ): void {
    const isRight = this.#proofOf(known, presented) !== undefined;
    if (isRight || this.#recentlyValid.has(cacheKeyOf(presented)) || flood.takeRead()) return;
    // Not awaited, because the store is not read for unknown ids either.
    if (known !== undefined) this.#throttle.countFailedClient(presented.clientId, address).catch(() => undefined);
    flood.refuse();
  }

  /**
   * Returns what authenticates the client by the method of its type: the secret that matches, or `none` for a public
   * client that sent none. Compares with every live secret, or with a decoy if there is none, so that the time reveals
   * nothing.
   */
  #proofOf(client: Client | undefined, { secret }: PresentedCredentials): ClientSecret | 'none' | undefined {
    const isDigest = secret !== 'none' && secret !== 'empty';
    const compared = isDigest ? secret : this.#decoy;
    const now = this.#directory.clock();
    const live = client?.secrets.filter((candidate) => isUsable(candidate, now)) ?? [];
    if (live.length === 0) equalDigests(this.#decoy, compared);
    const [match] = live.filter(({ digest }) => equalDigests(digest, compared));
    if (client?.application.isPublic === true) return secret === 'none' ? 'none' : undefined;
    return isDigest ? match : undefined;
  }

  /** Reads the store for a declared or cached client as well, because an unknown one is refused only after a read. */
  async #spendTimeOfUnknownClient(clientId: string): Promise<void> {
    const { clients, applications } = this.#directory;
    await clients.findStored(clientId);
    await applications.findStored(clientId);
  }
}
