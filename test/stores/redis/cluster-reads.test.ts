import type { Socket } from 'node:net';
import { Cluster } from 'ioredis';
import { Cluster as Cluster5 } from 'ioredis5';
import { primariesOf } from '../../../src/stores/redis/own-connection';
import { SharedReads } from '../../../src/stores/redis/shared-reads';
import { TickWrites } from '../../../src/stores/redis/tick-writes';
import { aRedis } from '../../support/redis/clients';
import { ownClusterOfTwo } from '../../support/redis/cluster';
import { commandsDuring } from '../../support/redis/commands';
import { fits, openRedis } from '../../support/redis/connection';
import { testRedis } from '../../support/redis/redis';

const FIRST_SLOT_OF_SECOND = 8_192;

const nodeAt = (port: number) => aRedis({}, `redis://127.0.0.1:${port}`);

const valueOf = (key: string): string => `value of ${key}`;

/** A connection to a new Cluster of two primaries, and three keys with values on each: `first` and `second`. */
const twoNodes = async (major: 5 | 6, deadline?: number) => {
  const ports = await ownClusterOfTwo();
  const [first, second] = [nodeAt(ports[0]), nodeAt(ports[1])];
  const startupNodes = [{ host: '127.0.0.1', port: ports[0] }];
  const client = major === 6 ? new Cluster(startupNodes) : new Cluster5(startupNodes);
  client.on('error', () => undefined);
  const { connection, prefix } = openRedis(fits(client), deadline === undefined ? {} : { deadline });
  await connection.ping();
  const keys: { readonly first: string[]; readonly second: string[] } = { first: [], second: [] };
  for (let index = 0; keys.first.length < 3 || keys.second.length < 3; index += 1) {
    const key = `${prefix}{${index}}`;
    const slot = await first.cluster('KEYSLOT', key);
    const ofNode = slot < FIRST_SLOT_OF_SECOND ? keys.first : keys.second;
    if (ofNode.length === 3) continue;
    ofNode.push(key);
    await connection.command('set', key, valueOf(key));
  }
  const reads = connection.sharedReads();
  const all = [...keys.first, ...keys.second];
  return { ports, first, second, connection, reads, keys, all };
};

/** The sockets of the gate's own connections to the primaries. */
const socketsOf = (connection: { readonly client: Parameters<typeof primariesOf>[0] }): readonly Required<Socket>[] =>
  primariesOf(connection.client).map((node) => (node as unknown as { readonly stream: Required<Socket> }).stream);

describe.each([6, 5] as const)('over a Cluster with ioredis %d', (major) => {
  it('the commands of one tick are sent in one write per node', async () => {
    const { connection, reads, all } = await twoNodes(major);
    const sockets = socketsOf(connection);
    expect(sockets).toHaveLength(2);
    const writes = sockets.map((socket) => [jest.spyOn(socket, '_write'), jest.spyOn(socket, '_writev')] as const);
    const commands = all.map((key) => connection.command('get', key));
    const values = await Promise.all([...commands, ...all.map((key) => reads.get(key))]);
    expect(values).toEqual([...all, ...all].map(valueOf));
    const counts = writes.map(([one, several]) => one.mock.calls.length + several.mock.calls.length);
    expect(counts).toEqual([1, 1]);
  });

  it('a key that is requested several times in one tick is read once, and in the next tick again', async () => {
    const { first, second, reads, keys } = await twoNodes(major);
    const [onFirst = '', onSecond = ''] = [keys.first[0], keys.second[0]];
    const requested = [onFirst, onSecond, onFirst, onFirst, onSecond];
    const readAll = async () => {
      expect(await Promise.all(requested.map((key) => reads.get(key)))).toEqual(requested.map(valueOf));
    };
    const onSecondNode: Record<string, number> = {};
    const onFirstNode = await commandsDuring(first, async () => {
      Object.assign(
        onSecondNode,
        await commandsDuring(second, async () => {
          await readAll();
          await readAll();
        }),
      );
    });
    expect([onFirstNode['get'], onSecondNode['get']]).toEqual([2, 2]);
  });

  it('a read whose slot is being moved, or was moved, gets its value, and so do the other reads of its tick', async () => {
    const { ports, first, second, reads, keys, all } = await twoNodes(major);
    const moved = keys.first[0] ?? '';
    const slot = await first.cluster('KEYSLOT', moved);
    const [firstId, secondId] = [await first.cluster('MYID'), await second.cluster('MYID')];
    const readAll = () => Promise.all(all.map((key) => reads.get(key)));
    await second.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', firstId);
    await first.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', secondId);
    await first.call('MIGRATE', '127.0.0.1', ports[1], moved, 0, 5_000);
    await expect(first.get(moved)).rejects.toThrow('ASK');
    expect(await readAll()).toEqual(all.map(valueOf));
    for (const node of [second, first]) await node.call('CLUSTER', 'SETSLOT', slot, 'NODE', secondId);
    await expect(first.get(moved)).rejects.toThrow('MOVED');
    expect(await readAll()).toEqual(all.map(valueOf));
  });

  it('reads of one node get their values while another node hangs, and its own miss the deadline', async () => {
    const { second, reads, keys } = await twoNodes(major, 500);
    await second.call('CLIENT', 'PAUSE', 20_000, 'ALL');
    let isAnyRefused = false;
    const ofSecond = keys.second.map((key) =>
      reads.get(key).catch((error: unknown) => {
        isAnyRefused = true;
        throw error;
      }),
    );
    const refused = Promise.allSettled(ofSecond);
    expect(await Promise.all(keys.first.map((key) => reads.get(key)))).toEqual(keys.first.map(valueOf));
    expect(isAnyRefused).toBe(false);
    for (const outcome of await refused) expect(outcome).toMatchObject({ reason: { reason: 'deadline' } });
  });

  it('reads of one node get their values after another node has ended, and its own are refused', async () => {
    const { second, reads, keys } = await twoNodes(major, 2_000);
    const closed = new Promise((resolve) => second.once('close', resolve));
    second.shutdown('NOSAVE').catch(() => undefined); // has no reply
    await closed;
    const refused = Promise.allSettled(keys.second.map((key) => reads.get(key)));
    expect(await Promise.all(keys.first.map((key) => reads.get(key)))).toEqual(keys.first.map(valueOf));
    for (const outcome of await refused) expect(outcome).toMatchObject({ reason: { name: 'StoreUnavailableError' } });
    expect(await Promise.all(keys.first.map((key) => reads.get(key)))).toEqual(keys.first.map(valueOf));
  });
});

it('calls of one key count as many for the maximum in flight, and more are refused until there is a reply', async () => {
  const writes = new TickWrites(fits(await testRedis()));
  const reads = new SharedReads(writes, async (key) => valueOf(key), 2);
  const [first, second, third] = await Promise.allSettled(['a', 'a', 'a'].map((key) => reads.get(key)));
  expect([first, second]).toEqual(Array.from({ length: 2 }, () => ({ status: 'fulfilled', value: valueOf('a') })));
  expect(third).toMatchObject({ reason: { name: 'StoreUnavailableError', reason: 'overloaded' } });
  expect(await reads.get('a')).toBe(valueOf('a'));
});
