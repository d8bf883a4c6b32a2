import { Cluster } from 'ioredis';
import { systemClock } from '../../../src/protocol/time';
import { FrequentKeys } from '../../../src/stores/redis/frequent-keys';
import { RedisTokenStore } from '../../../src/stores/redis/tokens';
import { ownCluster } from '../../support/redis/cluster';
import { fits, openRedis } from '../../support/redis/connection';
import { randomPrefix } from '../../support/redis/redis';
import { nextTurn } from '../../support/time/waiting';
import { aGrant } from '../../support/tokens/records';

const port = ownCluster();

/** A store over a Cluster that has often read tokens of one client, and another gate's store. */
const storeWithFrequentClient = async () => {
  const client = new Cluster([{ host: '127.0.0.1', port: await port }]);
  client.on('error', () => undefined);
  const prefix = randomPrefix();
  const { connection, keys } = openRedis(fits(client), { prefix });
  const store = new RedisTokenStore(connection, keys, systemClock);
  const other = new RedisTokenStore(openRedis(fits(client), { prefix }).connection, keys, systemClock);
  const { access } = aGrant(systemClock(), { subject: null });
  await store.save(access);
  const find = () => store.find(access.grantId, access.digest);
  for (let read = 0; read < 4; read += 1) expect(await find()).toEqual(access);
  const { clientId } = access;
  return { connection, keys, store, other, access, find, clientId, epochKey: keys.epoch('c', clientId) };
};

describe('over a Cluster, after several reads of tokens of one client', () => {
  it('a token and the epoch of its client are read in the same tick', async () => {
    const { connection, keys, access, find, epochKey } = await storeWithFrequentClient();
    const sent = jest.spyOn(connection, 'command');
    const found = find();
    await nextTurn(); // no reply has been received yet
    expect(sent.mock.calls).toEqual([
      ['get', keys.access(access.grantId)],
      ['get', epochKey],
    ]);
    expect(await found).toEqual(access);
    expect(sent).toHaveBeenCalledTimes(2);
  });

  it('a token is refused as soon as a revocation of its client is acknowledged to another gate', async () => {
    const { other, find, clientId } = await storeWithFrequentClient();
    await other.replaceEpoch({ clientId }, 'grants');
    expect(await find()).toBeUndefined();
  });

  it('a token of a new epoch is accepted, although the epoch was read before the token was stored', async () => {
    const { connection, keys, other, access, find, clientId, epochKey } = await storeWithFrequentClient();
    const command = connection.command.bind(connection);
    const epochs: Promise<unknown>[] = [];
    let isDelayed = false;
    jest.spyOn(connection, 'command').mockImplementation(async (name, ...args) => {
      const isToken = args[0] === keys.access(access.grantId);
      if (isToken && !isDelayed) {
        isDelayed = true;
        await nextTurn();
        await Promise.all(epochs); // the early read has its reply
        await other.replaceEpoch({ clientId }, 'grants');
        await other.save(access);
      }
      const reply = command(name, ...args);
      if (args[0] === epochKey) epochs.push(reply);
      return reply;
    });
    expect(await find()).toEqual(access);
    expect(epochs).toHaveLength(2);
    expect(await epochs[0]).not.toBe(await epochs[1]);
  });
});

describe('a key', () => {
  it('is frequent while at least 4 of the last 16 reads needed it', () => {
    const keys = new FrequentKeys();
    for (let read = 0; read < 3; read += 1) keys.count(['a', `other ${read}`]);
    expect([...keys.all]).toEqual([]);
    keys.count(['a']);
    expect([...keys.all]).toEqual(['a']);
    for (let read = 0; read < 12; read += 1) keys.count([`later ${read}`]);
    expect([...keys.all]).toEqual(['a']);
    keys.count(['last']);
    expect([...keys.all]).toEqual([]);
  });
});
