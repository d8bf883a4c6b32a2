import type { Environment } from 'scopegate';
import { StartError, type StartTopic } from '../configuration/fault';
import type { FileSnapshot } from '../configuration/source-files';
import type { ReloadResult } from '../reload/reload-result';
import type { MetricValues } from '../metrics/metric-values';

/** The addresses of the demo upstreams that run. */
export type DemoAddresses = Readonly<Record<Environment, string | undefined>>;

/** The parts of a worker's settings that a reload replaces. */
export interface Source {
  /** The contents of the gateway's file and of the files that it names, as the primary has checked them. */
  readonly files: FileSnapshot;
  /** The addresses of the demo upstreams, which the primary runs. */
  readonly demos: DemoAddresses;
}

/** Settings of a worker. Its environment is that of the primary. */
export interface WorkerSettings extends Source {
  /** The worker's number, from 1. Its replacement has the same number. */
  readonly worker: number;
  readonly file: string;
  readonly port: number | undefined;
  readonly redis: string | undefined;
}

/** The properties of a worker that listens. */
export interface Ready {
  readonly url: string;
  readonly portalUrl: string | undefined;
  readonly isSelfSigned: boolean;
}

/** The error with which a start failed: that of a `StartError`, or the stack of another. */
export type Failure = { readonly messages: readonly string[]; readonly topic: StartTopic } | { readonly stack: string };

/** Messages from the primary to a worker. */
export type ToWorker =
  | { readonly kind: 'start'; readonly settings: WorkerSettings }
  | { readonly kind: 'collect'; readonly request: number }
  | { readonly kind: 'reload'; readonly source: Source }
  | { readonly kind: 'stop' }
  /** The answer to `leaving`: no connection is passed to the worker any more. */
  | { readonly kind: 'left' };

/** Messages from a worker to the primary. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly ready: Ready }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'metrics'; readonly request: number; readonly metrics: readonly MetricValues[] }
  | { readonly kind: 'reloaded'; readonly result: ReloadResult }
  /** Requests that no more connections are passed. The metrics are the last ones, because a closed gate has none. */
  | { readonly kind: 'leaving'; readonly metrics: readonly MetricValues[] };

export const toFailure = (error: unknown): Failure => {
  if (error instanceof StartError) return { messages: error.messages, topic: error.topic };
  return { stack: error instanceof Error ? (error.stack ?? error.message) : String(error) };
};

/** The error that `toFailure` has converted. */
export const toError = (failure: Failure): Error => {
  if ('messages' in failure) return new StartError(failure.messages, failure.topic);
  return Object.assign(new Error('A worker could not start'), { stack: failure.stack });
};

/** One text about the failure, for the log. */
export const describeFailure = (failure: Failure): string =>
  'messages' in failure ? failure.messages.join('\n') : failure.stack;
