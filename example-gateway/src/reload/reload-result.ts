import type { Differences } from '../configuration/differences';

/** The result of a reload. Whatever was refused has changed nothing. */
export type ReloadResult =
  | { readonly outcome: 'reloaded'; readonly differences: Differences }
  /** The file and the files that it names are as they were. */
  | { readonly outcome: 'unchanged' }
  /** Each message is complete: the position, the fault and its fix. */
  | { readonly outcome: 'refused'; readonly messages: readonly string[] };
