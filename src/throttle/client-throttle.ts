import { LRUCache } from 'lru-cache';
import { entryLimit } from '../protocol/entry-limit';
import type { Blocks } from './blocks';
import type { FailureCounters, Rule } from './failure-counters';
import { markFromNetwork, markOfNetwork } from './mark';

/** An address that has sent more unknown client ids than allowed. */
export interface UnknownClientFlood {
  /** Takes one of the 5 reads of the store that this address has per second. @returns `false` if none is left */
  takeRead(): boolean;
  /** @throws OAuthError `invalid_request` (429) with `Retry-After` */
  refuse(): void;
}

/** Slows down guessing of client secrets, and refuses floods of unknown client ids cheaply (RFC 6819 §4.4.3.6). */
export interface ClientThrottle {
  /** @throws OAuthError `invalid_request` (429) if this client id has failed too often from this address. */
  refuseBlockedClient(clientId: string, address: string): void;
  /** Counts a failed authentication of a known client. @throws OAuthError `invalid_request` (429) above the limit. */
  countFailedClient(clientId: string, address: string): Promise<void>;
  /** Counts an unknown client id. @throws OAuthError `invalid_request` (429) above the limit. */
  countUnknownClient(clientId: string, address: string): Promise<void>;
  /** Returns `undefined` unless this process has blocked the address for sending too many unknown client ids. */
  findFlood(address: string): UnknownClientFlood | undefined;
  /** Counts an unknown token that a client introspected. @throws OAuthError `invalid_request` (429) above the limit. */
  countUnknownToken(clientId: string, address: string): Promise<void>;
}

const READS_PER_SECOND = 5;
const MAX_FLOODS = 10_000;

const UNKNOWN_CLIENTS: Rule = 'unknownClients';

export interface ClientThrottleServices {
  /** Shared by all gates. An unknown client is counted in them by its network only. */
  readonly counters: FailureCounters;
  /** Also counts unknown clients by id, so that they are refused after as many failures as known ones. */
  readonly inProcess: Pick<FailureCounters, 'add'>;
  /** Blocks of known clients, networks and tokens. */
  readonly blocks: Blocks;
  /** Blocks of unknown clients, separate because callers can make up any number of them. */
  readonly unknownBlocks: Blocks;
}

export const createClientThrottle = (services: ClientThrottleServices): ClientThrottle => {
  const { counters, inProcess, blocks, unknownBlocks } = services;
  const reads = new LRUCache<string, number>({ ...entryLimit(MAX_FLOODS), ttl: 1_000, noUpdateTTL: true });

  return {
    refuseBlockedClient: (clientId, address) => {
      if (blocks.isEmpty && unknownBlocks.isEmpty) return;
      const mark = markFromNetwork('clientAndAddress', clientId, address);
      blocks.refuseBlocked(mark);
      unknownBlocks.refuseBlocked(mark);
    },
    countFailedClient: async (clientId, address) => {
      const mark = markFromNetwork('clientAndAddress', clientId, address);
      blocks.refuseOver(mark, await counters.add(mark.rule, mark.key));
    },
    countUnknownClient: async (clientId, address) => {
      const ofNetwork = markOfNetwork(UNKNOWN_CLIENTS, address);
      blocks.refuseOver(ofNetwork, await counters.add(ofNetwork.rule, ofNetwork.key));
      const ofClient = markFromNetwork('clientAndAddress', clientId, address);
      unknownBlocks.refuseOver(ofClient, await inProcess.add(ofClient.rule, ofClient.key));
    },
    findFlood: (address) => {
      if (blocks.isEmpty) return undefined;
      const mark = markOfNetwork(UNKNOWN_CLIENTS, address);
      if (blocks.endOf(mark) === 0) return undefined;
      return {
        takeRead: () => {
          const taken = reads.get(mark.key) ?? 0;
          reads.set(mark.key, taken + 1);
          return taken < READS_PER_SECOND;
        },
        refuse: () => blocks.refuseBlocked(mark),
      };
    },
    countUnknownToken: async (clientId, address) => {
      const mark = markFromNetwork('unknownTokens', clientId, address);
      blocks.refuseBlocked(mark);
      blocks.refuseOver(mark, await counters.add(mark.rule, mark.key));
    },
  };
};
