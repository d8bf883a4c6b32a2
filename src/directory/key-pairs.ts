import type { EpochSeconds } from '../protocol/time';
import type { Environment } from '../tokens/records';
import type { Application, ClientSecret, KeyPair } from './records';

/** The key pairs of an application, by environment. */
export type KeyPairs = Application['keys'];

export const ENVIRONMENTS: readonly Environment[] = ['production', 'sandbox'];

export const pairsOf = (keys: KeyPairs): readonly KeyPair[] => Object.values(keys);

/** Checks whether a secret still authenticates. */
export const isUsable = ({ expiresAt }: ClientSecret, now: EpochSeconds): boolean =>
  expiresAt === undefined || expiresAt > now;

/** Returns the key pairs with each secret replaced by the result of `make`: itself, a changed one, or none. */
export const withSecrets = (keys: KeyPairs, make: (secret: ClientSecret) => readonly ClientSecret[]): KeyPairs => {
  const changed: { [E in Environment]?: KeyPair } = {};
  for (const environment of ENVIRONMENTS) {
    const pair = keys[environment];
    if (pair !== undefined) changed[environment] = { ...pair, secrets: pair.secrets.flatMap(make) };
  }
  return changed;
};
