import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { answers, send, type Answer } from '../answers';
import type { Limits } from '../limits';
import { copyHeaders, editGuarded, editPublic, varyByToken } from './response-headers';

/** The options of an exchange, besides the request and its response. */
export interface ExchangeOptions {
  /** True if the request was let through by its token. */
  readonly isGuarded: boolean;
  readonly limits: Limits;
  readonly report: (answer: Answer, reason: string) => void;
}

/** One request on its way to an upstream and back. On any failure the client is answered once and all resources are freed. */
export class Exchange {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #options: ExchangeOptions;
  readonly #connectTimer: NodeJS.Timeout;
  #outgoing: ClientRequest | undefined;
  #over = false;

  constructor(request: IncomingMessage, response: ServerResponse, options: ExchangeOptions) {
    this.#request = request;
    this.#response = response;
    this.#options = options;
    this.#connectTimer = setTimeout(
      () => this.fail(answers.gatewayTimeout, 'not connected in time'),
      options.limits.connectDeadline,
    );
    response.once('close', () => this.#end());
  }

  /** The request has a connection, open or being opened. */
  assigned(outgoing: ClientRequest): void {
    this.#outgoing = outgoing;
    if (this.#over) return void outgoing.destroy();
    const { socket } = outgoing;
    if (socket?.connecting === true) socket.once('connect', () => clearTimeout(this.#connectTimer));
    else clearTimeout(this.#connectTimer);
    outgoing.setTimeout(this.#options.limits.upstreamSilence, () =>
      this.fail(answers.gatewayTimeout, 'silent for too long'),
    );
    // A connection that ends without an answer and without an error, such as after a 101 that nobody asked for.
    outgoing.once('close', () => this.fail(answers.badGateway, 'closed without an answer'));
  }

  /** The upstream answers. Redirects go through as they are: nothing is followed, nothing is sent a second time. */
  answered(incoming: IncomingMessage): void {
    clearTimeout(this.#connectTimer);
    if (this.#over || this.#response.headersSent) return void incoming.destroy();
    this.#response.statusCode = incoming.statusCode ?? 502;
    try {
      copyHeaders(incoming, this.#response, this.#options.isGuarded ? editGuarded : editPublic);
      if (this.#options.isGuarded) varyByToken(this.#response);
      this.#response.flushHeaders();
    } catch {
      incoming.destroy();
      return this.fail(answers.badGateway, 'answered with headers that HTTP does not allow');
    }
    // Both ends at their own pace; a break on one side breaks the other.
    return void pipeline(incoming, this.#response, () => undefined);
  }

  fail(answer: Answer, reason: string): void {
    clearTimeout(this.#connectTimer);
    if (this.#over || this.#response.headersSent) return void this.#outgoing?.destroy();
    send(this.#response, answer);
    this.#outgoing?.destroy();
    this.#options.report(answer, reason); // the last, so that a log that throws keeps nobody waiting
  }

  /** The client has its answer or has left. */
  #end(): void {
    this.#over = true;
    clearTimeout(this.#connectTimer);
    if (!this.#response.writableFinished || this.#outgoing?.writableEnded === false) this.#outgoing?.destroy();
    // What the upstream left unread of a body must not stand before the next request on this connection.
    this.#request.unpipe();
    this.#request.resume();
  }
}
