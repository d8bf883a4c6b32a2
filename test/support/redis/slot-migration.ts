import type { ClusterNode } from './cluster-node';

const KEYS_AT_ONCE = 10;
const MIGRATE_TIMEOUT_MS = 5_000;

/** Moves a slot with its keys to another primary, in the order of commands that Redis prescribes. */
export const moveSlot = async (slot: number, from: ClusterNode, to: ClusterNode): Promise<void> => {
  const [fromId, toId] = [await from.ask('MYID'), await to.ask('MYID')];
  await to.ask('SETSLOT', slot, 'IMPORTING', fromId);
  await from.ask('SETSLOT', slot, 'MIGRATING', toId);
  for (;;) {
    const keys = (await from.client.call('CLUSTER', 'GETKEYSINSLOT', slot, KEYS_AT_ONCE)) as readonly string[];
    if (keys.length === 0) break;
    await from.client.call('MIGRATE', '127.0.0.1', to.port, '', 0, MIGRATE_TIMEOUT_MS, 'KEYS', ...keys);
  }
  await to.ask('SETSLOT', slot, 'NODE', toId);
  await from.ask('SETSLOT', slot, 'NODE', toId);
};
