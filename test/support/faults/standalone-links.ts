import type { FaultProxy } from '../redis/open-fault-proxy';
import { killConnections } from './kill-connections';
import { Repeated } from './repeated';
import { Standalone, type Driver } from './standalone';
import { SILENCE_MS, type Fault, type FaultCase } from './topology';

const ALL = ['guard', 'issue', 'refresh', 'revoke', 'check'] as const;

/** The commands that a sign-in sends one after the other, if gates have to load everything. */
const COMMANDS_OF_A_SIGN_IN = 12;

/** Something that is done to each of these proxies until they heal. */
const untilHealed = (proxies: readonly FaultProxy[], act: (proxy: FaultProxy) => void): Fault => ({
  begin: () => proxies.forEach(act),
  end: () => proxies.forEach((proxy) => proxy.heal()),
});

/** Cuts the connections of a gate when Redis has replied to a script, again and again: the reply is lost. */
const loseReplies = (proxies: readonly FaultProxy[]): Fault => {
  let turn = 0;
  return new Repeated(150, async () => {
    const proxy = proxies[turn % proxies.length];
    turn += 1;
    if (proxy === undefined) return;
    const held = proxy.hold('answer', 'evalsha');
    await held.arrived;
    proxy.cut('others');
    held.letGo();
  });
};

/** Faults of the connections between gates and server. */
export const linkFaults = (driver: Driver): readonly FaultCase<Standalone>[] => {
  const open = () => Standalone.open(driver);
  return [
    {
      title: 'connections are cut after a script and before its reply',
      open,
      fault: ({ proxies }) => loseReplies(proxies),
      isInShortForm: true,
    },
    {
      title: 'every byte on the connections of all gates is lost',
      open,
      fault: ({ proxies }) => untilHealed(proxies, (proxy) => proxy.swallow()),
      state: 'away',
      lastsMs: SILENCE_MS,
      refuses: ['issue', 'revoke'],
      revocationBoundMs: 2_000,
    },
    {
      title: 'every byte on the connections of one gate is lost',
      open,
      fault: ({ proxies }) => untilHealed(proxies.slice(0, 1), (proxy) => proxy.swallow()),
      revocationBoundMs: 2_000,
      lastsMs: SILENCE_MS,
    },
    {
      title: 'replies and announcements are lost, and commands arrive',
      open,
      fault: ({ proxies }) => untilHealed(proxies, (proxy) => proxy.swallow('all', 'down')),
      state: 'away',
      lastsMs: SILENCE_MS,
      refuses: ['issue', 'revoke'],
      revocationBoundMs: 2_000,
    },
    {
      title: 'connections are slowed down by 50 ms each way',
      open,
      fault: ({ proxies }) => untilHealed(proxies, (proxy) => proxy.slow({ delayMs: 50 })),
      keepsServing: ALL,
      longestMs: COMMANDS_OF_A_SIGN_IN * 100 + 250,
      revocationBoundMs: 2_000,
    },
    {
      title: 'connections are slowed down by 120 ms each way',
      open,
      fault: ({ proxies }) => untilHealed(proxies, (proxy) => proxy.slow({ delayMs: 120 })),
      keepsServing: ALL,
      longestMs: COMMANDS_OF_A_SIGN_IN * 240 + 250,
      revocationBoundMs: 2_000,
    },
    {
      title: 'the connections for announcements are cut every 200 ms',
      open,
      fault: ({ proxies }) => new Repeated(200, () => proxies.forEach((proxy) => void proxy.cut('listeners'))),
      keepsServing: ALL,
      revocationBoundMs: 2_000,
    },
    {
      title: 'announcements are lost silently',
      open,
      fault: ({ proxies }) => untilHealed(proxies, (proxy) => proxy.swallow('listeners')),
      keepsServing: ALL,
      revocationBoundMs: 2_000,
      lastsMs: SILENCE_MS,
    },
    {
      title: 'all connections are killed by the server every 300 ms',
      open,
      fault: ({ admin }) => new Repeated(300, () => killConnections(admin)),
      revocationBoundMs: 2_000,
    },
  ];
};
