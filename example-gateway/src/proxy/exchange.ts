import type { IncomingMessage, ServerResponse } from 'node:http';
import { answers, send, type Answer } from '../answers';
import { cutOff } from '../cut-off';
import type { Timeouts } from '../limits';
import { onClosed } from '../observe/closed-response';
import { Attempt, type AttemptListener } from './attempt';
import { ClientResponse } from './client-response';
import type { Connection } from './connection';
import type { Borrower } from './connection-pool';
import { corsHeadersOf, withoutCors } from './cors-headers';
import { Deadline } from './deadline';
import { datesOf, withoutDates } from './deprecation-headers';
import { hasBody, RequestBody } from './request-body';
import type { Headers } from './request-headers';
import { isCounted, rateLimitHeadersOf, withoutRateLimits } from './rate-limit-headers';
import { copyHeaders, editGuarded, editPublic, varyByToken, type Edit } from './response-headers';
import { ServerChoice } from './server-choice';
import type { UpstreamServers } from './servers';
import { joinTarget } from './request-target';
import type { Upstream } from './upstream';
import { isRefusedRequest, REASONS, reasonOfError } from './upstream-failure';

/** The options of an exchange, besides the request and its response. */
export interface ExchangeOptions {
  readonly servers: UpstreamServers;
  /** The path and query for the upstream, without its base path. */
  readonly target: string;
  readonly headersFor: (server: Upstream) => Headers;
  /** True if the request was authorized by a token. */
  readonly isGuarded: boolean;
  /** True if the CORS headers that the response has already replace those of the upstream. */
  readonly decidesCors: boolean;
  readonly timeouts: Timeouts;
  /** Counts the body as an upload. @returns a function that ends it; `undefined` if the client has too many */
  readonly beginUpload: () => (() => void) | undefined;
  /** Counts the response as one that its client does not read. @returns as `beginUpload` does */
  readonly beginStall: () => (() => void) | undefined;
  /** Called with each server that the request is sent to. */
  readonly onAttempt: (server: Upstream) => void;
  /** Called with the reason why no connection to a server was opened, before the request is sent to another one. */
  readonly onRepeated: (reason: string) => void;
  /** Called with the status when the head of a valid response is passed on. */
  readonly onResponse: (status: number) => void;
  readonly report: (answer: Answer, reason: string) => void;
  /** Called with the reason why a response that had begun was cut off. */
  readonly onIncomplete: (reason: string) => void;
}

/** Methods that have the same effect when they are repeated (RFC 9110 §9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Milliseconds after which a response that its client does not read counts as stalled. Short pauses are usual. */
const STALLED_AFTER = 1_000;

/** One proxied request and its response. On any failure the client gets one response and all resources are freed. */
export class Exchange implements Borrower, AttemptListener {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #options: ExchangeOptions;
  readonly #deadline = new Deadline(() => this.#onDeadline());
  readonly #toClient: ClientResponse;
  readonly #body: RequestBody | undefined;
  /** True if the request may be sent again as long as no response has begun. */
  readonly #isRepeatable: boolean;
  readonly #choice: ServerChoice;
  /** True if the request was sent to the present server before, on a connection that had been idle. */
  #isRepeated = false;
  #connection: Connection | undefined;
  #attempt: Attempt | undefined;
  #endUpload: (() => void) | undefined;
  #endStall: (() => void) | undefined;
  /** True if the present server had no free connection at first. */
  #hasWaited = false;
  #isSent = false;
  /** True if the client gets nothing more than what has been written, even if it has not read all of it. */
  #isEnded = false;
  #isOver = false;

  constructor(request: IncomingMessage, response: ServerResponse, options: ExchangeOptions) {
    this.#request = request;
    this.#response = response;
    this.#options = options;
    this.#toClient = new ClientResponse(response, () => this.#onDrain());
    this.#body = hasBody(request) ? new RequestBody(request, () => this.#watch()) : undefined;
    this.#isRepeatable = this.#body === undefined && IDEMPOTENT.has(request.method ?? '');
    const { servers, timeouts } = options;
    this.#choice = new ServerChoice({ servers, connect: timeouts.connect, isRepeatable: this.#isRepeatable });
    onClosed(response, () => this.#end());
  }

  /** Begins when the responses to earlier requests on the connection are finished (RFC 9112 §9.3.2). */
  start(): void {
    if (this.#response.socket === null) this.#response.once('socket', () => this.#begin());
    else this.#begin();
  }

  #begin(): void {
    if (this.#body === undefined) return void this.#connectTo(this.#choice.chooseFirst());
    // Not before the bytes behind the head have been read: with them, most bodies are complete.
    setImmediate(() => this.#countUpload());
    return this.#body.whenReady(() => this.#connectTo(this.#choice.chooseFirst()));
  }

  onConnection(connection: Connection): void {
    const server = this.#choice.current;
    if (server === undefined) return;
    this.#connection = connection;
    this.#attempt = new Attempt(this);
    this.#options.onAttempt(server);
    const { target, headersFor } = this.#options;
    const { method = 'GET' } = this.#request;
    const path = joinTarget(server, target);
    const body = this.#body?.content() ?? null;
    connection.dispatch({ method, path, headers: headersFor(server), body }, this.#attempt);
  }

  onConnected(): void {
    this.#choice.onConnected();
    this.#watch();
  }

  onRequestSent(): void {
    this.#isSent = true;
    this.#endUpload?.();
    this.#endUpload = undefined;
    this.#watch();
  }

  /** Redirects are passed on unchanged: none is followed, nothing is sent twice. */
  onHead(status: number, rawHeaders: readonly Buffer[]): void {
    this.#response.statusCode = status;
    try {
      copyHeaders(rawHeaders, this.#response, this.#edit());
      if (this.#options.isGuarded) varyByToken(this.#response);
      if (status === 204) this.#response.removeHeader('Content-Length'); // RFC 9110 §8.6: it has no body
      this.#toClient.begin();
    } catch {
      return this.#fail(answers.badGateway, REASONS.invalidHeaders);
    }
    this.#watch();
    this.#choice.onResponse();
    this.#options.onResponse(status);
    // Before its end, which is an error for undici if the head announces a length.
    if (status === 204 || status === 304) this.#endResponse();
  }

  onPart(part: Buffer): boolean {
    const isWanted = this.#toClient.write(part);
    this.#watch();
    return isWanted;
  }

  onComplete(): void {
    this.#endResponse();
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#choice.current?.connections.release(connection);
  }

  onError(error: Error): void {
    if (this.#isEnded) return this.#disconnect();
    const reason = reasonOfError(error);
    const isConnected = this.#attempt?.isConnected === true;
    const isStale = isConnected && this.#connection?.isReused === true && this.#attempt?.hasResponse !== true;
    this.#disconnect();
    if (isStale && this.#repeatOnNewConnection()) return;
    if (!isConnected && !isRefusedRequest(error)) {
      this.#choice.onConnectionFailure();
      if (this.#sendToOther(reason)) return;
    }
    this.#fail(answers.badGateway, reason);
  }

  /** Ends the response. What the client has not read of it yet has no deadline here. */
  #endResponse(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#toClient.end();
    this.#deadline.clear();
  }

  #countUpload(): void {
    if (this.#isOver || this.#response.headersSent || this.#request.complete) return;
    this.#endUpload = this.#options.beginUpload();
    if (this.#endUpload === undefined) this.#answer(answers.tooManyUploads);
  }

  /** Takes a connection to a server. @returns false if there is none, or the client needs none any more */
  #connectTo(server: Upstream | undefined): boolean {
    if (server === undefined || this.#isEnded || this.#isOver) return false;
    this.#deadline.set(this.#choice.timeToConnect());
    if (!server.connections.borrow(this)) this.#fail(answers.overloaded, REASONS.tooManyWait);
    this.#hasWaited = this.#connection === undefined;
    return true;
  }

  /** Sends the request to the same server once more. @returns false if it was, or may not be */
  #repeatOnNewConnection(): boolean {
    const server = this.#choice.current;
    if (!this.#isRepeatable || this.#isRepeated || server === undefined || this.#isOver) return false;
    this.#isRepeated = true;
    this.#deadline.set(this.#choice.timeToConnect());
    if (!server.connections.borrowNew(this)) this.#fail(answers.overloaded, REASONS.tooManyWait);
    return true;
  }

  /** Sends the request to another server, because there is no connection to this one. @returns false if it cannot be */
  #sendToOther(reason: string): boolean {
    if (this.#isOver || !this.#connectTo(this.#choice.chooseOther())) return false;
    this.#isRepeated = false;
    this.#options.onRepeated(reason);
    return true;
  }

  /** Moves the deadline to what is waited for. The client has no deadline here. */
  #watch(): void {
    if (this.#attempt?.isConnected !== true || this.#isEnded || this.#isOver) return;
    const { response, idle } = this.#options.timeouts;
    if (this.#toClient.isPaused) this.#deadline.set(STALLED_AFTER);
    else if (this.#body?.isClientAwaited === true) this.#deadline.suspend();
    else if (this.#isSent && !this.#response.headersSent) this.#deadline.set(response);
    else this.#deadline.set(idle);
  }

  #onDeadline(): void {
    if (this.#toClient.isPaused) return this.#countStall();
    if (this.#attempt?.isConnected === true) return this.#fail(answers.gatewayTimeout, REASONS.silent);
    // A request that waited for its turn had less time: clients could make a server that works look unreachable.
    const isServerLate = this.#connection !== undefined && !this.#hasWaited;
    this.#choice.current?.connections.cancel(this);
    this.#disconnect();
    if (isServerLate) this.#choice.onConnectionFailure();
    if (!this.#sendToOther(REASONS.notConnected)) this.#fail(answers.gatewayTimeout, REASONS.notConnected);
  }

  /** The client reads nothing, and keeps a connection to the upstream. It may do so with a share of them. */
  #countStall(): void {
    this.#deadline.suspend();
    this.#endStall ??= this.#options.beginStall();
    if (this.#endStall === undefined) cutOff(this.#response);
  }

  #onDrain(): void {
    this.#endStall?.();
    this.#endStall = undefined;
    this.#watch();
    this.#connection?.resume();
  }

  #fail(answer: Answer, reason: string): void {
    if (this.#isEnded || this.#isOver) return this.#disconnect();
    const hasBegun = this.#response.headersSent;
    this.#answer(answer);
    // Last, so that the client has its response even if logging throws.
    if (hasBegun) this.#options.onIncomplete(reason);
    else this.#options.report(answer, reason);
  }

  /** Gives up the upstream. A response that has begun is cut off, so that it does not look complete. */
  #answer(answer: Answer): void {
    this.#isEnded = true;
    this.#choice.current?.connections.cancel(this);
    this.#disconnect();
    this.#deadline.clear();
    const corsHeaders = this.#options.decidesCors ? corsHeadersOf(this.#response) : {};
    const ofGate = { ...corsHeaders, ...rateLimitHeadersOf(this.#response), ...datesOf(this.#response) };
    send(this.#response, { ...answer, headers: { ...ofGate, ...answer.headers } });
  }

  #edit(): Edit {
    const edit = this.#options.isGuarded ? editGuarded : editPublic;
    const dated = withoutDates(edit, this.#response);
    const counted = isCounted(this.#response) ? withoutRateLimits(dated) : dated;
    return this.#options.decidesCors ? withoutCors(counted) : counted;
  }

  /** Ends the attempt, if any, and closes its connection. */
  #disconnect(): void {
    this.#attempt?.end();
    this.#attempt = undefined;
    this.#isSent = false;
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#choice.current?.connections.discard(connection);
  }

  /** Called when the client has its response or has disconnected. */
  #end(): void {
    this.#isOver = true;
    this.#deadline.clear();
    this.#choice.current?.connections.cancel(this);
    this.#disconnect();
    this.#endUpload?.();
    this.#endStall?.();
    this.#body?.close();
  }
}
