import { digestOf } from '../protocol/secrets';
import { networkOf } from './address';
import type { Rule } from './failure-counters';

/** Identifies the counter that an attempt is counted in. */
export interface Mark {
  readonly rule: Rule;
  readonly key: string;
  /** The network that the attempt was sent from, for events. */
  readonly network: string;
}

/** Returns the key of a counter. Its length does not depend on the parts. */
export const keyOf = (...parts: readonly string[]): string => digestOf(JSON.stringify(parts)).slice(0, 22);

/** Returns a string that is unique to the counter of a mark. */
export const counterNameOf = ({ rule, key }: Mark): string => `${rule}:${key}`;

/** Returns the mark of a network, whatever account or client an attempt names. */
export const markOfNetwork = (rule: Rule, address: string): Mark => {
  const network = networkOf(address);
  return { rule, key: keyOf(network), network };
};

/** Returns the mark of an account or a client from one network. */
export const markFromNetwork = (rule: Rule, name: string, address: string): Mark => {
  const network = networkOf(address);
  return { rule, key: keyOf(name, network), network };
};
