import { LRUCache } from 'lru-cache';
import { entryLimit } from '../protocol/entry-limit';
import { networkOf } from './address';
import { keyOf, type Blocks, type Mark } from './blocks';
import type { FailureCounters, Rule } from './failure-counters';

/** An address that has sent more unknown client ids than allowed. */
export interface UnknownClientFlood {
  /** Takes one of the 5 store lookups that this address has per second. @returns `false` if none is left */
  takeLookUp(): boolean;
  /** @throws OAuthError `invalid_request` (429) with `Retry-After` */
  refuse(): void;
}

/** Slows down guessing of client secrets, and refuses floods of unknown client ids cheaply (RFC 6819 §4.4.3.6). */
export interface ClientThrottle {
  /** @throws OAuthError `invalid_request` (429) if this client id has failed too often from this address. */
  refuseBlockedClient(clientId: string, address: string): void;
  /** Counts a failed authentication of a known client. @throws OAuthError `invalid_request` (429) above the limit. */
  clientFailed(clientId: string, address: string): Promise<void>;
  /** Counts an unknown client id. @throws OAuthError `invalid_request` (429) above the limit. */
  unknownClient(clientId: string, address: string): Promise<void>;
  /** Returns `undefined` unless this process has blocked the address for sending too many unknown client ids. */
  unknownClientFlood(address: string): UnknownClientFlood | undefined;
  /** Counts an unknown token that a client introspected. @throws OAuthError `invalid_request` (429) above the limit. */
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
 * @param counters shared by all gates; an unknown client is counted in them by its network only
 * @param inProcess also counts unknown clients by id, so that they are refused after as many failures as known ones
 * @param blocks blocks of known clients, networks and tokens
 * @param unknownBlocks blocks of unknown clients, separate because callers can make up any number of them
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
