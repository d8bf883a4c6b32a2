import { Cluster } from 'ioredis';
import { systemClock } from '../../../src/protocol/time';
import { openOneEpoch } from '../../../src/stores/redis/token-scripts';
import { RedisTokenStore } from '../../../src/stores/redis/tokens';
import { ownCluster } from '../../support/redis/cluster';
import { fits, openRedis } from '../../support/redis/connection';
import { randomPrefix } from '../../support/redis/redis';
import { aGrant, aRotation } from '../../support/tokens/records';

const port = ownCluster();

/** Two stores over a Cluster, and a grant. The first one runs `act` during a rotation, after it has read the grant. */
const storesWithGrant = async () => {
  const client = new Cluster([{ host: '127.0.0.1', port: await port }]);
  client.on('error', () => undefined);
  const prefix = randomPrefix();
  const { connection, keys } = openRedis(fits(client), { prefix });
  const store = new RedisTokenStore(connection, keys, systemClock);
  const other = new RedisTokenStore(openRedis(fits(client), { prefix }).connection, keys, systemClock);
  const grant = aGrant(systemClock());
  await store.save(grant.access, grant.refresh);
  const run = connection.run.bind(connection);
  const rotateWhile = (act: () => Promise<unknown>) => {
    let acting: Promise<unknown> | undefined;
    jest.spyOn(connection, 'run').mockImplementation(async (script, ...args) => {
      if (script === openOneEpoch) await (acting ??= act());
      return run(script, ...args);
    });
    return store.rotate(aRotation(grant, systemClock()));
  };
  return { store, other, grant, rotateWhile };
};

describe('over a Cluster, a refresh', () => {
  it('ends with the grant if all grants of its client are revoked after the refresh token was read', async () => {
    const { store, other, grant, rotateWhile } = await storesWithGrant();
    const { clientId, grantId } = grant.access;
    expect(await rotateWhile(() => other.replaceEpoch({ clientId }, 'grants'))).toBe('unknown');
    expect(await store.heldAccess(grantId)).toEqual({});
    expect(await store.heldRefresh(grantId)).toBeUndefined();
  });

  it('succeeds if only the access tokens of its client are revoked meanwhile', async () => {
    const { other, grant, rotateWhile } = await storesWithGrant();
    const { clientId } = grant.access;
    expect(await rotateWhile(() => other.replaceEpoch({ clientId }, 'access'))).toBe('rotated');
  });
});
