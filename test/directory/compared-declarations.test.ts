import type { Redis } from 'ioredis';
import type { ScopegateOptions } from 'scopegate';
import { comparingGate } from '../../src/scopegate';
import { rejectionOf } from '../support/expect/thrown';
import { aGate, closeAtEnd, gateOptions, JANE, JOHN, silentLogger } from '../support/gate/gate';
import { onRedis } from '../support/stores/every-store';

type Store = Awaited<ReturnType<typeof onRedis>>;

const options = gateOptions(silentLogger) as ScopegateOptions;

const comparing = (store: Store, changes: Partial<ScopegateOptions> = {}) =>
  closeAtEnd(comparingGate({ ...options, ...store, ...changes })).directory;

const declarationsIn = ({ redis, prefix }: Store): Promise<Record<string, string>> =>
  (redis as Redis).hgetall(`${prefix}{directory}:declarations`);

const john = { username: 'john@gmail.com', organization: 'johnsorg', password: 'another-password' };
const jane = { username: 'jane@gmail.com', organization: 'johnsorg', password: JANE[1] };

describe('a gate that only compares its declarations', () => {
  it('serves what no gate has registered as it is declared, and registers nothing', async () => {
    const store = await onRedis();
    const directory = comparing(store);
    expect(await directory.users.find(JOHN[0])).toMatchObject({ roles: ['clerk'], enabled: true });
    expect(await directory.applications.find('key')).toMatchObject({ enabled: true });
    expect(await declarationsIn(store)).toEqual({});
  });

  it('serves what running gates declare equally, and rejects what they declare differently', async () => {
    const store = await onRedis();
    const { gate, signIn } = aGate(store);
    await gate.ready();
    await gate.directory.users.disable(JANE[0]);
    const before = await declarationsIn(store);
    const directory = comparing(store, { users: [john, jane] });
    expect(await directory.users.find(JANE[0])).toMatchObject({ enabled: false });
    const error = await rejectionOf(directory.users.find(JOHN[0]));
    expect(error).toMatchObject({ code: 'ERR_SCOPEGATE_STORE_UNAVAILABLE', reason: 'superseded' });
    expect(await declarationsIn(store)).toEqual(before);
    await signIn();
  });

  it('leaves registered what it does not declare itself', async () => {
    const store = await onRedis();
    await aGate(store).gate.ready();
    const before = await declarationsIn(store);
    const gate = closeAtEnd(comparingGate({ ...options, ...store, users: [jane] }));
    await gate.ready();
    expect(await declarationsIn(store)).toEqual(before);
  });
});
