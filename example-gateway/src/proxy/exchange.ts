import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { answers, send, type Answer } from '../answers';
import type { Timeouts } from '../limits';
import { onClosed } from '../observe/closed-response';
import { corsHeadersOf, withoutCors } from './cors-headers';
import { copyHeaders, editGuarded, editPublic, varyByToken, type Edit } from './response-headers';
import { REASONS } from './upstream-failure';

/** The options of an exchange, besides the request and its response. */
export interface ExchangeOptions {
  /** True if the request was authorized by a token. */
  readonly isGuarded: boolean;
  /** True if the CORS headers that the response has already replace those of the upstream. */
  readonly decidesCors: boolean;
  readonly timeouts: Timeouts;
  /** Called with the status when the head of a valid response has been passed on. */
  readonly onResponse: (status: number) => void;
  readonly report: (answer: Answer, reason: string) => void;
}

/** One proxied request and its response. On any failure the client gets one response and all resources are freed. */
export class Exchange {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #options: ExchangeOptions;
  readonly #connectTimer: NodeJS.Timeout;
  /** The CORS headers of the gate, which its answers to failures have as well. */
  readonly #corsHeaders: Readonly<Record<string, string>>;
  #outgoing: ClientRequest | undefined;
  #isOver = false;

  constructor(request: IncomingMessage, response: ServerResponse, options: ExchangeOptions) {
    this.#request = request;
    this.#response = response;
    this.#options = options;
    this.#corsHeaders = options.decidesCors ? corsHeadersOf(response) : {};
    this.#connectTimer = setTimeout(
      () => this.fail(answers.gatewayTimeout, REASONS.notConnected),
      options.timeouts.connect,
    );
    onClosed(response, () => this.#end());
  }

  /** Called when the request has a connection, open or being opened. */
  onSocket(outgoing: ClientRequest): void {
    this.#outgoing = outgoing;
    if (this.#isOver) return void outgoing.destroy();
    const { socket } = outgoing;
    if (socket?.connecting === true) socket.once('connect', () => clearTimeout(this.#connectTimer));
    else clearTimeout(this.#connectTimer);
    outgoing.setTimeout(this.#options.timeouts.response, () => this.fail(answers.gatewayTimeout, REASONS.silent));
    // Covers a connection that ends without a response and without an error, such as after an unsolicited 101.
    outgoing.once('close', () => this.fail(answers.badGateway, REASONS.closed));
  }

  /** Called when the upstream responds. Redirects are passed on unchanged: none is followed, nothing is sent twice. */
  onResponse(incoming: IncomingMessage): void {
    clearTimeout(this.#connectTimer);
    if (this.#isOver || this.#response.headersSent) return void incoming.destroy();
    this.#response.statusCode = incoming.statusCode ?? 502;
    try {
      copyHeaders(incoming, this.#response, this.#edit());
      if (this.#options.isGuarded) varyByToken(this.#response);
      this.#response.flushHeaders();
    } catch {
      incoming.destroy();
      return this.fail(answers.badGateway, REASONS.invalidHeaders);
    }
    this.#options.onResponse(this.#response.statusCode);
    // Applies backpressure both ways; an error on one side ends the other.
    return void pipeline(incoming, this.#response, () => undefined);
  }

  fail(answer: Answer, reason: string): void {
    clearTimeout(this.#connectTimer);
    if (this.#isOver || this.#response.headersSent) return void this.#outgoing?.destroy();
    send(this.#response, { ...answer, headers: { ...this.#corsHeaders, ...answer.headers } });
    this.#outgoing?.destroy();
    this.#options.report(answer, reason); // last, so that the client has its response even if logging throws
  }

  #edit(): Edit {
    const edit = this.#options.isGuarded ? editGuarded : editPublic;
    return this.#options.decidesCors ? withoutCors(edit) : edit;
  }

  /** Called when the client has its response or has disconnected. */
  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#connectTimer);
    if (!this.#response.writableFinished || this.#outgoing?.writableEnded === false) this.#outgoing?.destroy();
    // Discards what the upstream did not read of the body, because the next request follows it on this connection.
    this.#request.unpipe();
    this.#request.resume();
  }
}
