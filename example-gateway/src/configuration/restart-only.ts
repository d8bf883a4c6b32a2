import type { Configuration } from './configuration';
import type { Fault, Path } from './fault';

interface RestartOnly {
  readonly path: Path;
  readonly valueOf: (configuration: Configuration) => unknown;
  readonly problem: string;
}

const ADDRESS = 'cannot change while the gateway runs; restart it to listen on another address';

/** The keys that a running gateway cannot change. */
const RESTART_ONLY: readonly RestartOnly[] = [
  { path: ['listen', 'host'], valueOf: ({ listen }) => listen.host, problem: ADDRESS },
  { path: ['listen', 'port'], valueOf: ({ listen }) => listen.port, problem: ADDRESS },
  {
    path: ['listen', 'tls'],
    valueOf: ({ listen }) => listen.tls !== undefined,
    problem: 'cannot be added or removed while the gateway runs; restart it. Its files can change',
  },
  {
    path: ['workers'],
    valueOf: ({ workers }) => workers,
    problem: 'cannot change while the gateway runs; restart it to run another number of processes',
  },
  { path: ['metrics', 'host'], valueOf: ({ metrics }) => metrics?.host, problem: ADDRESS },
  { path: ['metrics', 'port'], valueOf: ({ metrics }) => metrics?.port, problem: ADDRESS },
  {
    path: ['workers'],
    valueOf: ({ workers }) => workers,
    problem: 'cannot change while the gateway runs; restart it to run another number of processes',
  },
  {
    path: ['redis'],
    valueOf: ({ redis }) => redis !== undefined,
    problem: 'cannot be added or removed while the gateway runs; restart it, because tokens cannot be moved',
  },
];

/** Returns a fault for each key that needs a restart to change. */
export const faultsOfRestart = (running: Configuration, read: Configuration): readonly Fault[] =>
  RESTART_ONLY.filter(({ valueOf }) => valueOf(running) !== valueOf(read)).map(({ path, problem }) => ({
    path,
    problem: `needs a restart: it ${problem}`,
  }));
