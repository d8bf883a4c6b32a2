import type { IncomingHttpHeaders } from 'node:http';
import type * as OpenTelemetry from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { readTraceparent, writeTraceparent } from './w3c-context';

type Carrier = Record<string, string>;

/** Reads the trace context of a request, and writes that of a request to an upstream. */
export interface Propagation {
  /** The names of the headers. */
  readonly headers: readonly string[];
  extract(headers: IncomingHttpHeaders): Context;
  inject(context: Context): Readonly<Carrier>;
}

/** The headers `traceparent` and `tracestate`, for a process that has registered no propagator. */
const w3cPropagation = ({ trace, createTraceState, ROOT_CONTEXT }: typeof OpenTelemetry): Propagation => ({
  headers: ['traceparent', 'tracestate'],
  extract: ({ traceparent, tracestate }) => {
    const parent = readTraceparent(traceparent);
    if (parent === undefined) return ROOT_CONTEXT;
    const state = typeof tracestate === 'string' ? { traceState: createTraceState(tracestate) } : {};
    return trace.setSpanContext(ROOT_CONTEXT, { ...parent, ...state, isRemote: true });
  },
  inject: (context) => {
    const span = trace.getSpanContext(context);
    if (span === undefined) return {};
    const state = span.traceState?.serialize() ?? '';
    return { traceparent: writeTraceparent(span), ...(state === '' ? {} : { tracestate: state }) };
  },
});

/** Returns the registered propagator, or the one of the W3C recommendation if there is none. */
export const openPropagation = (api: typeof OpenTelemetry): Propagation => {
  const { propagation, ROOT_CONTEXT } = api;
  const headers = propagation.fields();
  if (headers.length === 0) return w3cPropagation(api);
  return {
    headers,
    extract: (received) => propagation.extract(ROOT_CONTEXT, received),
    inject: (context) => {
      const carrier: Carrier = {};
      propagation.inject(context, carrier);
      return carrier;
    },
  };
};
