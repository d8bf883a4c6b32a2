import { kindOfError, type Logger } from '../events/logger';
import type { SignInHook, SignInRequest } from '../pages/sign-in-hook';
import { IntegrationFault, OAuthError } from '../protocol/errors';
import type { Clock, Milliseconds } from '../protocol/time';
import { callUsers } from '../sign-in/users-call';
import { readSignInAnswer, type SignInAnswer } from './sign-in-answer';
import { isRecent, type Identified, type IdentifyRequest, type Users } from './users';

export interface HookedUsersServices {
  readonly signIn: SignInHook;
  /** Returns the subject of a user's tokens, from a full name or the id of a `users` function. */
  readonly subjectOf: (user: string) => Promise<string>;
  /** URL of the authorization endpoint. */
  readonly endpoint: string;
  readonly issuerOrigin: string;
  readonly usersDeadline: Milliseconds;
  readonly clock: Clock;
  readonly logger: Logger;
}

const FAILURE = 'authorization.signIn failed: the response is 503';

const NOT_RECENT =
  'authorization.signIn returned a user for prompt or maxAge without an authenticatedAt that satisfies them; return authenticatedAt, or redirect to a new sign-in';

/** Users who sign in at the host application: the option `authorization.signIn`. */
export class HookedUsers implements Users {
  readonly #services: HookedUsersServices;

  constructor(services: HookedUsersServices) {
    this.#services = services;
  }

  async identify(request: IdentifyRequest): Promise<Identified> {
    const isNewWanted =
      request.isAnother || (request.waiting === undefined && request.authorization.prompts.has('login'));
    const first = await this.#ask(request, isNewWanted);
    if ('elsewhere' in first) return first;
    if (this.#isRecent(first, request)) return this.#userOf(first);
    // The session of the host application is too old, so the user has to sign in again.
    const second = isNewWanted ? first : await this.#ask(request, true);
    if ('elsewhere' in second) return second;
    if (!this.#isRecent(second, request)) throw this.#fault(new IntegrationFault(NOT_RECENT));
    return this.#userOf(second);
  }

  #isRecent({ authenticatedAt }: Extract<SignInAnswer, { user: string }>, request: IdentifyRequest): boolean {
    const { authorization, waiting } = request;
    return isRecent(authenticatedAt ?? -Infinity, authorization, waiting, this.#services.clock());
  }

  async #userOf({ user, roles }: Extract<SignInAnswer, { user: string }>): Promise<Identified> {
    return { subject: await this.#services.subjectOf(user), name: user, mayBeOf: () => true, roles };
  }

  async #ask({ visit, authorization, transactionId }: IdentifyRequest, isNewWanted: boolean): Promise<SignInAnswer> {
    const { signIn, endpoint, issuerOrigin } = this.#services;
    const { recipient, maxAge, loginHint } = authorization;
    const asked: SignInRequest = Object.freeze({
      clientId: recipient.client.clientId,
      ...(isNewWanted ? { prompt: 'login' as const } : {}),
      ...(maxAge === undefined ? {} : { maxAge }),
      ...(loginHint === undefined ? {} : { loginHint }),
      returnTo: `${endpoint}/resume?transaction=${transactionId}`,
    });
    const call = () => signIn(visit.request, asked);
    const read = (value: unknown): unknown => value; // a wrong result is an error of its own
    const result = await callUsers({ name: 'authorization.signIn', failure: FAILURE, call, read }, this.#services);
    try {
      return readSignInAnswer(result, issuerOrigin);
    } catch (thrown) {
      throw this.#fault(thrown);
    }
  }

  /** Logs a wrong result with its cure, and creates the error for the client. */
  #fault(cause: unknown): OAuthError {
    this.#services.logger.error(
      { ...kindOfError(cause), place: 'authorize' },
      'authorization.signIn returned a wrong result',
    );
    return new OAuthError('server_error', 'The server met an unexpected condition.', { cause });
  }
}
