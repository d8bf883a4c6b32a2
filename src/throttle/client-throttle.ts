import { LRUCache } from 'lru-cache';
import { entryLimit } from '../protocol/entry-limit';
import { networkOf } from './address';
import { keyOf, type Blocks, type Mark } from './blocks';
import type { FailureCounters, Rule } from './failure-counters';

/** An address from which more unknown clients were named than are allowed. */
export interface UnknownClientFlood {
  /** Takes one of the few look-ups in the store that this address has left in each second, if there is one. */
  takeLookUp(): boolean;
  /** @throws OAuthError `invalid_request` (429) with `Retry-After` */
  refuse(): void;
}

/** Makes guessing client secrets slow, and naming clients that do not exist cheap to refuse (RFC 6819 §4.4.3.6). */
export interface ClientThrottle {
  /** @throws OAuthError `invalid_request` (429) if this client id fails too often from this address. */
  refuseBlockedClient(clientId: string, address: string): void;
  /** Counts a failed authentication of a client that exists. @throws OAuthError `invalid_request` (429) if it was one too many. */
  clientFailed(clientId: string, address: string): Promise<void>;
  /** Counts an id that no client has. @throws OAuthError `invalid_request` (429) if it was one too many. */
  unknownClient(clientId: string, address: string): Promise<void>;
  /** `undefined`: this address has not named too many unknown clients, as far as this process knows. */
  unknownClientFlood(address: string): UnknownClientFlood | undefined;
  /** Counts an unknown token that a client asked about. @throws OAuthError `invalid_request` (429) if it was one too many. */
  unknownToken(clientId: string, address: string): Promise<void>;
}

const LOOK_UPS_A_SECOND = 5;
const MAX_FLOODS = 10_000;

const byClient = (rule: Rule, clientId: string, address: string): Mark => {
  const network = networkOf(address);
  return { rule, key: keyOf(clientId, network), network };
};

const byNetwork = (address: string): Mark => {
  const network = networkOf(address);
  return { rule: 'unknownClients', key: keyOf(network), network };
};

/**
 * @param counters of all gates; in them an unknown client is counted under its network alone
 * @param inProcess counts unknown clients by their id as well, so that they are refused after as many failures as known ones
 * @param blocks of known clients, networks and tokens
 * @param unknownBlocks of unknown clients, kept apart because callers invent them
 */
export const createClientThrottle = (
  counters: FailureCounters,
  inProcess: Pick<FailureCounters, 'add'>,
  blocks: Blocks,
  unknownBlocks: Blocks,
): ClientThrottle => {
  const lookUps = new LRUCache<string, number>({ ...entryLimit(MAX_FLOODS), ttl: 1_000, noUpdateTTL: true });

  return {
    refuseBlockedClient: (clientId, address) => {
      const mark = byClient('clientAndAddress', clientId, address);
      blocks.refuseBlocked(mark);
      unknownBlocks.refuseBlocked(mark);
    },
    clientFailed: async (clientId, address) => {
      const mark = byClient('clientAndAddress', clientId, address);
      blocks.refuseOver(mark, await counters.add(mark.rule, mark.key));
    },
    unknownClient: async (clientId, address) => {
      const ofNetwork = byNetwork(address);
      blocks.refuseOver(ofNetwork, await counters.add(ofNetwork.rule, ofNetwork.key));
      const ofClient = byClient('clientAndAddress', clientId, address);
      unknownBlocks.refuseOver(ofClient, await inProcess.add(ofClient.rule, ofClient.key));
    },
    unknownClientFlood: (address) => {
      const mark = byNetwork(address);
      if (blocks.endOf(mark) === 0) return undefined;
      return {
        takeLookUp: () => {
          const taken = lookUps.get(mark.key) ?? 0;
          lookUps.set(mark.key, taken + 1);
          return taken < LOOK_UPS_A_SECOND;
        },
        refuse: () => blocks.refuseBlocked(mark),
      };
    },
    unknownToken: async (clientId, address) => {
      const mark = byClient('unknownTokens', clientId, address);
      blocks.refuseBlocked(mark);
      blocks.refuseOver(mark, await counters.add(mark.rule, mark.key));
    },
  };
};
