import { Standalone } from './standalone';
import type { FaultCase } from './topology';

/** Faults of the server process itself. */
export const crashes: readonly FaultCase<Standalone>[] = [
  {
    title: 'the server is killed and restarts from its append-only file',
    open: () => Standalone.open(6, 'aof'),
    fault: ({ server }) => ({ begin: () => server.kill(), end: () => server.start() }),
    state: 'away',
    refuses: ['issue', 'revoke'],
    isInShortForm: true,
  },
];
