import type { Directory } from '../directory/directory';
import { kindOfError, type Logger } from '../events/logger';
import { isFromHere, browserOrigin } from '../pages/origin';
import { asOAuthError, OAuthError } from '../protocol/errors';
import type { IssuerAddress } from '../protocol/metadata';
import { readQuery, type Query } from '../protocol/query';
import { mintTransactionId, type Transactions } from '../sessions/transactions';
import type { NetworkLimit } from '../throttle/network-limit';
import { readAuthorizationRequest, type AuthorizationRequest, type RequestServices } from './authorization-request';
import { sourcesOf, type AuthorizationResponse, type Responses } from './authorization-response';
import type { Outcome } from './outcome';
import type { PageAnswer, ProblemAnswer } from '../pages/problem-page';
import { problems } from './pages/problems';
import { findRecipient } from './recipient';
import type { Waiting } from './users';
import { hasFormToken, withLocales, type Visit } from './visit';

/** An authorization request without faults, with the visit that continues it. */
export interface Handled {
  readonly visit: Visit;
  readonly request: AuthorizationRequest;
  /** Id of the request, also if it does not wait yet. */
  readonly transactionId: string;
  /** Absent for a request that has just arrived. */
  readonly waiting: Waiting | undefined;
  /** The query of the request, byte for byte. */
  readonly text: string;
}

export type Handle = (handled: Handled) => Promise<Outcome>;

export interface RequestsServices extends RequestServices {
  readonly issuer: IssuerAddress;
  readonly directory: Directory;
  readonly transactions: Transactions;
  readonly limit: NetworkLimit;
  readonly responses: Responses;
  /** Builds the cookie that binds requests to a browser. */
  readonly browserCookie: (id: string) => string;
  /** Called with the client of a request, before the rest of the request is checked. */
  readonly onClient: (request: object, clientId: string) => void;
  readonly logger: Logger;
}

const ended: Outcome = { kind: 'page', page: problems.ended };

/** Checks whether the user can repeat the request after an error, so that the client need not receive it. */
const isForUser = (thrown: unknown): boolean => {
  const { status, code } = asOAuthError(thrown);
  return status === 429 || status === 503 || (code === 'server_error' && !(thrown instanceof OAuthError));
};

const isSilent = ({ values }: Query): boolean => values.get('prompt')?.split(' ').includes('none') === true;

/** Reads authorization requests, stores those that wait for the user, and gives each one response. */
export class AuthorizationRequests {
  readonly #services: RequestsServices;

  constructor(services: RequestsServices) {
    this.#services = services;
  }

  /** Handles a request that has just arrived. */
  begin(visit: Visit, text: string, handle: Handle): Promise<Outcome> {
    return this.#handle({ visit, text, waiting: undefined, transactionId: mintTransactionId() }, handle);
  }

  /** Handles a request that waits, if this browser has sent it. */
  async resume(visit: Visit, id: string, handle: Handle): Promise<Outcome> {
    const transaction = await this.#services.transactions.find(id, visit.browserId);
    if (transaction === undefined) return ended;
    const { query: text, startedAt } = transaction;
    return this.#handle({ visit, text, waiting: { id, startedAt }, transactionId: id }, handle);
  }

  /** Handles the form of a request that waits, if one of its pages has sent the form. */
  async submit(visit: Visit, handle: Handle): Promise<Outcome> {
    const { origin } = this.#services.issuer;
    return this.resume(visit, visit.form.get('transaction') ?? '', async (handled) => {
      const isOwn = isFromHere(visit.request, browserOrigin(visit.request, origin), origin);
      if (!isOwn || !hasFormToken(visit, handled.transactionId)) return { kind: 'page', page: problems.forged };
      return handle(handled);
    });
  }

  /** Stores a request that has to wait, and shows one of its pages. */
  async show(handled: Handled, page: PageAnswer | ProblemAnswer): Promise<Outcome> {
    const formsTo = sourcesOf(handled.request.recipient);
    const { language } = handled.visit;
    return { kind: 'page', page, language, formsTo, cookies: await this.#wait(handled) };
  }

  /** Stores a request that has to wait, and sends the browser to an address at which the user signs in. */
  async sendTo(handled: Handled, to: string): Promise<Outcome> {
    return { kind: 'redirect', to, cookies: await this.#wait(handled) };
  }

  /** Ends a request with an error. */
  async refuse(handled: Handled, error: OAuthError): Promise<Outcome> {
    return this.#respond(handled.waiting, this.#services.responses.error(handled.request.recipient, error));
  }

  /**
   * Ends a request with a code. A request that has waited is ended before the code is issued, so that it never gets two
   * responses; a failure to issue the code is then the response.
   */
  async answer(handled: Handled, issueCode: () => Promise<string>): Promise<Outcome> {
    const { transactions, responses } = this.#services;
    const { recipient } = handled.request;
    if (handled.waiting === undefined) {
      return { kind: 'response', response: responses.success(recipient, await issueCode()) };
    }
    if (!(await transactions.end(handled.waiting.id))) return ended;
    const response = await issueCode().then(
      (code) => responses.success(recipient, code),
      (thrown: unknown) => responses.error(recipient, this.#errorOf(thrown)),
    );
    return { kind: 'response', response };
  }

  async #handle(arrived: Omit<Handled, 'request'>, handle: Handle): Promise<Outcome> {
    const { directory, responses, onClient } = this.#services;
    const query = readQuery(arrived.text);
    const recipient = await findRecipient(query, directory);
    onClient(arrived.visit.request, recipient.client.clientId);
    try {
      const visit = withLocales(arrived.visit, query.values.get('ui_locales'));
      return await handle({ ...arrived, visit, request: readAuthorizationRequest(query, recipient, this.#services) });
    } catch (thrown) {
      if (isForUser(thrown) && !isSilent(query)) throw thrown;
      return this.#respond(arrived.waiting, responses.error(recipient, this.#errorOf(thrown)));
    }
  }

  async #respond(waiting: Waiting | undefined, response: AuthorizationResponse): Promise<Outcome> {
    if (waiting !== undefined && !(await this.#services.transactions.end(waiting.id))) return ended;
    return { kind: 'response', response };
  }

  /** Stores a request that does not wait yet. @returns the cookies that bind it to the browser */
  async #wait({ visit, waiting, transactionId, text }: Handled): Promise<readonly string[]> {
    const { transactions, limit, browserCookie } = this.#services;
    if (waiting === undefined) {
      await limit.run(visit.address, () => transactions.begin(transactionId, text, visit.browserId));
    }
    return visit.isNewBrowser ? [browserCookie(visit.browserId)] : [];
  }

  #errorOf(thrown: unknown): OAuthError {
    const error = asOAuthError(thrown);
    if (error.code === 'server_error' && error !== thrown) {
      this.#services.logger.error({ ...kindOfError(thrown), place: 'authorize' }, 'A request failed unexpectedly');
    }
    return error;
  }
}
