import { killConnections } from './kill-connections';
import { Standalone, type Driver } from './standalone';
import type { FaultCase } from './topology';

/** Faults in which the server answers and refuses. */
export const refusals = (driver: Driver): readonly FaultCase<Standalone>[] => {
  const open = () => Standalone.open(driver);
  return [
    {
      title: 'the server is a replica of a primary that is away (READONLY)',
      open,
      fault: ({ admin }) => ({
        begin: async () => void (await admin.replicaof('127.0.0.1', 1)),
        end: async () => void (await admin.replicaof('NO', 'ONE')),
      }),
      state: 'read_only',
      refuses: ['issue', 'revoke'],
      isInShortForm: true,
    },
    {
      title: 'the server has reached its memory limit (OOM)',
      open,
      fault: ({ admin }) => ({
        begin: async () => void (await admin.config('SET', 'maxmemory', '1')),
        end: async () => void (await admin.config('SET', 'maxmemory', '0')),
      }),
      state: 'full',
      refuses: ['issue'],
      keepsServing: ['guard', 'revoke', 'check'],
      isInShortForm: true,
    },
    {
      title: 'the password is changed and connections are killed',
      open,
      fault: ({ admin }) => ({
        begin: async () => {
          await admin.config('SET', 'requirepass', 'another');
          await killConnections(admin);
        },
        end: async () => void (await admin.config('SET', 'requirepass', '')),
      }),
      state: 'refused',
      refuses: ['issue', 'revoke'],
    },
    {
      title: 'the access list loses PUBLISH',
      open,
      fault: ({ admin }) => ({
        begin: async () => void (await admin.acl('SETUSER', 'default', '-publish')),
        end: async () => void (await admin.acl('SETUSER', 'default', '+publish')),
      }),
      keepsServing: ['guard', 'issue', 'check'],
      refuses: ['revoke'],
      revocationBoundMs: 2_000,
    },
    {
      title: 'the access list loses EVAL and EVALSHA',
      open,
      fault: ({ admin }) => ({
        begin: async () => void (await admin.acl('SETUSER', 'default', '-eval', '-evalsha')),
        end: async () => void (await admin.acl('SETUSER', 'default', '+eval', '+evalsha')),
      }),
      refuses: ['issue', 'revoke'],
      revocationBoundMs: 2_000,
    },
    {
      title: 'the server accepts no more clients and connections are killed',
      open,
      fault: ({ admin }) => ({
        begin: async () => {
          await admin.config('SET', 'maxclients', '1');
          await killConnections(admin);
        },
        end: async () => void (await admin.config('SET', 'maxclients', '10000')),
      }),
      refuses: ['issue', 'revoke'],
    },
  ];
};
