import { MemoryFailureCounters } from '../../src/stores/memory/failure-counters';
import { AttemptQueue } from '../../src/throttle/attempt-queue';
import type { Limits } from '../../src/throttle/failure-counters';
import { NoRoomError } from '../../src/throttle/overload';
import type { Place } from '../../src/throttle/place';
import type { SignInAttempt } from '../../src/throttle/sign-in-attempt';
import { createThrottle } from '../../src/throttle/throttle';
import { rejectionOf } from '../support/expect/thrown';
import { ignoreEvents } from '../support/gate/ignored-events';
import { aClock } from '../support/time/clock';
import { nextTurn, until } from '../support/time/waiting';

describe('the lines of attempts', () => {
  const NETWORK = '192.0.2.1';

  /** Enters a line; the head of each line is the first caller. */
  const enter = (queue: AttemptQueue, key: string, network: string, times: number) =>
    Array.from({ length: times }, () => rejectionOf(queue.enter(key, network)));

  it('hold 100 attempts of one network at most, however many accounts it names, and then still those of others', async () => {
    const queue = new AttemptQueue();
    const standing = [
      ...enter(queue, 'ana', NETWORK, 1 + 60),
      ...enter(queue, 'ben', NETWORK, 1 + 40),
      ...enter(queue, 'ana', '192.0.2.2', 1),
    ];
    await expect(queue.enter('ana', NETWORK)).rejects.toEqual(
      expect.objectContaining({ status: 503, limit: 'passwordWorkPerNetwork', headers: { 'Retry-After': '1' } }),
    );
    await queue.enter('cyd', NETWORK); // at the head of a line of its own
    for (let left = 62; left > 0; left -= 1) queue.release('ana', 'refused');
    for (let left = 41; left > 0; left -= 1) queue.release('ben', 'refused');
    expect(await Promise.all(standing)).toEqual(standing.map(() => undefined));
    const again = enter(queue, 'ana', NETWORK, 1 + 100); // all have left
    for (let left = 101; left > 0; left -= 1) queue.release('ana', 'refused');
    expect(await Promise.all(again)).toEqual(again.map(() => undefined));
  });

  it('hold 400 attempts at most', async () => {
    const queue = new AttemptQueue();
    for (let host = 0; host < 5; host += 1) void enter(queue, 'ana', `192.0.2.${host}`, host === 0 ? 1 + 80 : 80);
    await expect(queue.enter('ana', '192.0.2.9')).rejects.toEqual(new NoRoomError('passwordWork'));
  });
});

const limits: Limits = {
  accountAndAddress: { failures: 3, window: 100 },
  address: { failures: 100, window: 100 },
  account: { failures: 100, window: 200 },
  clientAndAddress: { failures: 3, window: 100 },
  unknownClients: { failures: 4, window: 100 },
  unknownTokens: { failures: 3, window: 100 },
  passwordLinksPerAdministrator: { failures: 100, window: 3_600 },
  signUpsPerNetwork: { failures: 20, window: 3_600 },
  authorizationsPerNetwork: { failures: 20, window: 3_600 },
};

/** Sign-ins of one account from one network that all begin now, and the places that they hold. */
const concurrentSignIns = (count: number, { room = Infinity } = {}) => {
  const clock = aClock();
  const counters = new MemoryFailureCounters(limits, clock.now);
  const add = jest.spyOn(counters, 'add');
  const throttle = createThrottle({ counters, inProcess: counters, limits, emit: ignoreEvents });
  let held = 0;
  const openPlace = (): Place => {
    let isTaken = false;
    const change = (taken: boolean): void => {
      held += Number(taken) - Number(isTaken);
      isTaken = taken;
    };
    return {
      hasRoom: () => isTaken || held < room,
      take: () => {
        if (!isTaken && held >= room) throw new NoRoomError('passwordWorkPerAccount');
        change(true);
      },
      leave: () => change(false),
    };
  };
  const running: { readonly attempt: SignInAttempt; readonly place: Place }[] = [];
  const begin = async (): Promise<void> => {
    const place = openPlace();
    running.push({ attempt: await throttle.beginSignIn('ana', '192.0.2.1', place), place });
  };
  const signIns = Array.from({ length: count }, begin);
  const endOne = async (): Promise<void> => {
    const { attempt, place } = running.shift() ?? {};
    place?.leave(); // it leaves the queue when its hash begins
    await attempt?.settle('succeeded');
  };
  return { signIns, running, endOne, held: () => held, counted: () => add.mock.calls.length };
};

describe('attempts that wait for others of their account', () => {
  it('hold no place among those that wait for password work', async () => {
    const { signIns, running, endOne, held } = concurrentSignIns(20);
    await until(() => running.length === 3);
    await nextTurn();
    expect(held()).toBe(3);
    while (running.length > 0) {
      await endOne();
      await nextTurn();
    }
    await Promise.all(signIns);
    expect(held()).toBe(0);
  });

  it('stay in line while there is no place, without being counted, and are served when others have ended', async () => {
    const { signIns, running, endOne, counted } = concurrentSignIns(10, { room: 1 });
    await until(() => running.length === 1);
    await nextTurn();
    expect(running).toHaveLength(1);
    expect(counted()).toBe(3); // the pair, the address and the account of the first one
    for (let left = 10; left > 0; left -= 1) {
      await until(() => running.length > 0);
      await endOne();
    }
    await Promise.all(signIns);
  });

  it('are refused before they are counted if there is no place and none of theirs runs', async () => {
    const { signIns, counted } = concurrentSignIns(1, { room: 0 });
    expect(await rejectionOf(signIns[0] ?? Promise.resolve())).toEqual(new NoRoomError('passwordWorkPerAccount'));
    expect(counted()).toBe(0);
  });
});
