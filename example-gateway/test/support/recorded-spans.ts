import { randomBytes } from 'node:crypto';
import {
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';

/** A span that a test reads. */
export interface RecordedSpan {
  readonly name: string;
  readonly kind: 'SERVER' | 'CLIENT';
  readonly context: SpanContext;
  readonly parent: string | undefined;
  readonly attributes: Attributes;
  readonly isError: boolean;
}

type Recorded = { -readonly [K in keyof RecordedSpan]: RecordedSpan[K] };

const newContext = (parent: SpanContext | undefined): SpanContext => ({
  traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
  spanId: randomBytes(8).toString('hex'),
  traceFlags: 1,
  ...(parent?.traceState === undefined ? {} : { traceState: parent.traceState }),
});

/** A span that is added to `ended` when it ends. */
const recordingSpan = (recorded: Recorded, ended: RecordedSpan[]): Span => {
  const span: Span = {
    spanContext: () => recorded.context,
    setAttribute: (key, value) => {
      recorded.attributes = { ...recorded.attributes, [key]: value };
      return span;
    },
    setAttributes: (attributes) => {
      recorded.attributes = { ...recorded.attributes, ...attributes };
      return span;
    },
    setStatus: ({ code }) => {
      recorded.isError = code === SpanStatusCode.ERROR;
      return span;
    },
    updateName: (name) => {
      recorded.name = name;
      return span;
    },
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    recordException: () => undefined,
    isRecording: () => true,
    end: () => void ended.push(recorded),
  };
  return span;
};

/** Registers a tracer provider for the tests of a describe block. @returns the spans that have ended */
export const recordSpans = (): RecordedSpan[] => {
  const ended: RecordedSpan[] = [];
  const startSpan = (name: string, { kind, attributes = {} }: SpanOptions = {}, context?: Context): Span => {
    const parent = context && trace.getSpanContext(context);
    const recorded: Recorded = {
      name,
      kind: kind === SpanKind.SERVER ? 'SERVER' : 'CLIENT',
      context: newContext(parent),
      parent: parent?.spanId,
      attributes,
      isError: false,
    };
    return recordingSpan(recorded, ended);
  };
  const tracer: Pick<Tracer, 'startSpan'> = { startSpan };
  beforeAll(() => void trace.setGlobalTracerProvider({ getTracer: () => tracer as Tracer }));
  afterAll(() => trace.disable());
  return ended;
};
