import type { IncomingHttpHeaders } from 'node:http';
import type * as OpenTelemetry from '@opentelemetry/api';
import type { Context, Span, Tracer } from '@opentelemetry/api';
import { openPropagation, type Propagation } from './propagation';

const NAME = 'example-gateway';

/** The span of a request to the gateway, and the context in which other work belongs to it. */
export interface RequestSpan {
  readonly span: Span;
  readonly context: Context;
}

/** The span of a request to an upstream, and the headers that make the upstream's spans its children. */
export interface UpstreamSpan {
  readonly headers: Readonly<Record<string, string>>;
  /** Called with the host of the server that the request is sent to. */
  readonly onAttempt: (host: string) => void;
  /** Called with the status of the upstream's response. */
  readonly onResponse: (status: number) => void;
  /** Called with one word, such as `ECONNREFUSED`. */
  readonly onFailure: (reason: string) => void;
  readonly end: () => void;
}

/** Creates spans with the OpenTelemetry API. */
export class Tracing {
  readonly #api: typeof OpenTelemetry;
  readonly #tracer: Tracer;
  readonly #propagation: Propagation;
  readonly #onError: (error: unknown) => void;

  /** @param onError called with what the registered provider or propagator throws; the request is then served untraced */
  constructor(api: typeof OpenTelemetry, onError: (error: unknown) => void) {
    this.#api = api;
    this.#onError = onError;
    this.#tracer = api.trace.getTracer(NAME);
    this.#propagation = openPropagation(api);
  }

  /** Names of the headers with the trace context, which the gateway replaces. */
  get headers(): readonly string[] {
    return this.#propagation.headers;
  }

  /** Calls a function. @returns its result; `undefined` if it throws, because most are called in events of a socket */
  attempt<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      this.#onError(error);
      return undefined;
    }
  }

  /** Starts the span of a request: a child of the span that the request names, if any. `undefined` if that fails. */
  startRequest(method: string, scheme: string, headers: IncomingHttpHeaders): RequestSpan | undefined {
    const attributes = { 'http.request.method': method, 'url.scheme': scheme };
    return this.attempt(() => {
      const parent = this.#propagation.extract(headers);
      const span = this.#tracer.startSpan(method, { kind: this.#api.SpanKind.SERVER, attributes }, parent);
      return { span, context: this.#api.trace.setSpan(parent, span) };
    });
  }

  /** Calls a function, and all that it starts, in the context of a request. */
  run(context: Context, act: () => void): void {
    this.#api.context.with(context, act);
  }

  /** Starts the span of a request to an upstream, as a child of the request to the gateway. `undefined` if that fails. */
  startUpstream(method: string, parent: RequestSpan): UpstreamSpan | undefined {
    return this.attempt(() => this.#startUpstream(method, parent));
  }

  #startUpstream(method: string, { context }: RequestSpan): UpstreamSpan {
    const { SpanKind, SpanStatusCode, trace } = this.#api;
    const attributes = { 'http.request.method': method };
    const span = this.#tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes }, context);
    const fail = (type: string): void => {
      span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
    };
    return {
      headers: this.#propagation.inject(trace.setSpan(context, span)),
      onAttempt: (host) => {
        this.attempt(() => span.setAttribute('server.address', host));
      },
      onResponse: (status) => {
        this.attempt(() => {
          span.setAttribute('http.response.status_code', status);
          if (status >= 400) fail(String(status));
        });
      },
      onFailure: (reason) => this.attempt(() => fail(reason)),
      end: () => this.attempt(() => span.end()),
    };
  }

  /** Marks the span of a request as failed, for a response that is the gateway's fault or the upstream's. */
  markFailed(span: Span, type: string): void {
    span.setAttribute('error.type', type).setStatus({ code: this.#api.SpanStatusCode.ERROR });
  }
}

const loadApi = (): typeof OpenTelemetry | undefined => {
  try {
    return require('@opentelemetry/api') as typeof OpenTelemetry;
  } catch {
    return undefined; // not installed
  }
};

/**
 * Returns `undefined`, so that nothing is done for a request, unless the process has registered a tracer provider.
 *
 * @param onError called with what the provider throws
 */
export const openTracing = (onError: (error: unknown) => void): Tracing | undefined => {
  const api = loadApi();
  if (api === undefined) return undefined;
  const provider = api.trace.getTracerProvider();
  const isRegistered = !(provider instanceof api.ProxyTracerProvider) || provider.getDelegateTracer(NAME) !== undefined;
  return isRegistered ? new Tracing(api, onError) : undefined;
};
