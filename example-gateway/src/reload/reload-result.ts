import { StartError } from '../configuration/fault';
import type { Differences } from '../configuration/differences';

/** The result of a reload. Whatever was refused has changed nothing. */
export type ReloadResult =
  | { readonly outcome: 'reloaded'; readonly differences: Differences }
  /** The file and the files that it names are as they were. */
  | { readonly outcome: 'unchanged' }
  /** Each message is complete: the position, the fault and its fix. */
  | { readonly outcome: 'refused'; readonly messages: readonly string[] };

export const STOPPING = 'the gateway is stopping';

/** The reasons for which a reload is refused, besides the faults of the file. */
export class ReloadRefused extends Error {
  override readonly name = 'ReloadRefused';
}

/** The result of a reload that failed. */
export const refusedBecauseOf = (error: unknown): ReloadResult => {
  if (error instanceof StartError) return { outcome: 'refused', messages: error.messages };
  if (error instanceof ReloadRefused) return { outcome: 'refused', messages: [error.message] };
  const name = error instanceof Error ? error.name : typeof error; // the message could hold a secret
  return { outcome: 'refused', messages: [`the reload failed unexpectedly (${name})`] };
};
