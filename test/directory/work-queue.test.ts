import fc from 'fast-check';
import { MANAGEMENT, sharesOf, type Requester } from '../../src/directory/requester';
import { WorkQueue, type OnRefused } from '../../src/directory/work-queue';
import type { LimitName } from '../../src/events/gate-events';
import { rejectionOf } from '../support/expect/thrown';
import { deferred } from '../support/time/deferred';
import { nextTurn } from '../support/time/waiting';
import { assertProperty, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

/** A job that ends when the test ends it. */
const aJob = () => {
  const ended = deferred();
  let started = false;
  return {
    end: () => ended.resolve(),
    hasStarted: () => started,
    run: async (): Promise<string> => {
      started = true;
      await ended.promise;
      return 'done';
    },
  };
};

/** Runs a job of the host application, which is bounded by the whole queue only. */
const runIn = <T>(queue: WorkQueue, job: () => Promise<T>): Promise<T> =>
  queue.admit(MANAGEMENT, (place) => place.run(job));

afterEach(() => {
  jest.useRealTimers();
});

const overloaded = expect.objectContaining({
  code: 'temporarily_unavailable',
  status: 503,
  headers: { 'Retry-After': '1' },
});

const patient = { concurrency: 2, queue: 10, queueDeadline: 10_000 };

test('the work queue runs a few jobs at a time and the rest in order', async () => {
  const queue = new WorkQueue(patient);
  const jobs = Array.from({ length: 4 }, aJob);
  const runs = jobs.map((job) => runIn(queue, job.run));
  await nextTurn();
  expect(jobs.map((job) => job.hasStarted())).toEqual([true, true, false, false]);
  jobs[1]?.end();
  await nextTurn();
  expect(jobs.map((job) => job.hasStarted())).toEqual([true, true, true, false]);
  for (const job of jobs) job.end();
  expect(await Promise.all(runs)).toEqual(['done', 'done', 'done', 'done']);
});

test('S-351 the work queue immediately refuses jobs for which it has no room, with 503 and Retry-After', async () => {
  const queue = new WorkQueue({ ...patient, concurrency: 1, queue: 1 });
  const [running, waiting] = [aJob(), aJob()];
  const runs = [runIn(queue, running.run), runIn(queue, waiting.run)];
  expect(await rejectionOf(runIn(queue, async () => 'never'))).toEqual(overloaded);
  running.end();
  waiting.end();
  await Promise.all(runs);
  expect(await runIn(queue, async () => 'again')).toBe('again');
});

test('the work queue lets no job wait if it has no places', async () => {
  const queue = new WorkQueue({ ...patient, concurrency: 1, queue: 0 });
  const running = aJob();
  const run = runIn(queue, running.run);
  expect(await rejectionOf(runIn(queue, async () => 'never'))).toEqual(overloaded);
  running.end();
  await run;
});

test('the work queue gives up on a job that waits too long, and never runs it afterwards', async () => {
  const queue = new WorkQueue({ concurrency: 1, queue: 10, queueDeadline: 5 });
  const running = aJob();
  const run = runIn(queue, running.run);
  const late = aJob();
  expect(await rejectionOf(runIn(queue, late.run))).toEqual(overloaded);
  running.end();
  await run;
  await nextTurn();
  expect(late.hasStarted()).toBe(false);
  expect(await runIn(queue, async () => 'again')).toBe('again');
});

test('the work queue skips a job that has given up', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  const queue = new WorkQueue({ concurrency: 1, queue: 2, queueDeadline: 40 });
  const running = aJob();
  const run = runIn(queue, running.run);
  const gaveUp = rejectionOf(runIn(queue, async () => 'first'));
  await jest.advanceTimersByTimeAsync(20);
  const second = runIn(queue, async () => 'second');
  await jest.advanceTimersByTimeAsync(20);
  expect(await gaveUp).toEqual(overloaded);
  running.end();
  await run;
  expect(await second).toBe('second');
});

test('the work queue frees the place of a job that fails, whether it rejects or throws synchronously', async () => {
  const queue = new WorkQueue({ ...patient, concurrency: 1 });
  const failures = [
    () => Promise.reject(new Error('rejected')),
    (): Promise<never> => {
      throw new Error('thrown');
    },
  ];
  for (const job of failures) expect(await rejectionOf(runIn(queue, job))).toBeInstanceOf(Error);
  const waited = Promise.all([
    runIn(queue, failures[0] as () => Promise<never>).catch(() => 'failed'),
    runIn(queue, async () => 'ran'),
  ]);
  expect(await waited).toEqual(['failed', 'ran']);
});

test('S-349 the work queue never runs more jobs than its limit, however many arrive', async () => {
  const queue = new WorkQueue({ concurrency: 3, queue: 1_000, queueDeadline: 10_000 });
  let running = 0;
  let most = 0;
  const job = async (index: number): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await nextTurn();
    running -= 1;
    if (index % 7 === 0) throw new Error('now and then');
  };
  await Promise.allSettled(Array.from({ length: 200 }, (_, index) => runIn(queue, () => job(index))));
  expect([running, most]).toEqual([0, 3]);
});

test('the work queue logs the reason for the operator, and sends the client only Retry-After', async () => {
  const queue = new WorkQueue({ concurrency: 1, queue: 0, queueDeadline: 5 });
  const running = aJob();
  const run = runIn(queue, running.run);
  const thrown = (await rejectionOf(runIn(queue, running.run))) as Error;
  expect(thrown.message).toBe('Too many sign-ins at the moment. Try again shortly.');
  expect((thrown.cause as Error).message).toBe('queue full: passwordWork');
  running.end();
  await run;
});

describe('a request that will need password work', () => {
  const aFullQueue = () => {
    const queue = new WorkQueue({ concurrency: 1, queue: 1, queueDeadline: 10_000 });
    const jobs = [aJob(), aJob()];
    const runs = jobs.map((job) => runIn(queue, job.run));
    const end = async (): Promise<void> => {
      for (const job of jobs) job.end();
      await Promise.all(runs);
    };
    return { queue, end };
  };

  /** Takes a place, as a sign-in does before it reads anything, and works without a hash. */
  const work = (queue: WorkQueue, act: () => Promise<unknown>, requester = MANAGEMENT) =>
    queue.admit(requester, async (place) => {
      place.take();
      return act();
    });

  test('S-351 does not begin while there is no room, and begins once there is', async () => {
    const { queue, end } = aFullQueue();
    const act = jest.fn(async () => 'done');
    expect(await rejectionOf(work(queue, act))).toEqual(overloaded);
    expect(act).not.toHaveBeenCalled();
    await end();
    expect(await work(queue, act)).toBe('done');
  });

  test('S-350 counts from the moment at which it takes its place', async () => {
    const queue = new WorkQueue({ ...patient, concurrency: 1, queue: 1 });
    const onTheWay = [aJob(), aJob(), aJob()];
    const answers = onTheWay.map((job) => work(queue, job.run).catch((error: unknown) => error));
    await nextTurn();
    expect(onTheWay.map((job) => job.hasStarted())).toEqual([true, true, false]);
    for (const job of onTheWay) job.end();
    expect(await Promise.all(answers)).toEqual(['done', 'done', overloaded]);
  });

  test('holds one place and not two when it enters the queue, and none while its job runs', async () => {
    const queue = new WorkQueue({ ...patient, concurrency: 1, queue: 1 });
    const running = aJob();
    const first = queue.admit(MANAGEMENT, (place) => {
      place.take();
      return place.run(running.run);
    });
    await nextTurn();
    expect(running.hasStarted()).toBe(true);
    const second = runIn(queue, async () => 'second');
    running.end();
    expect(await Promise.all([first, second])).toEqual(['done', 'second']);
  });

  test('frees its place when it fails, and when it leaves', async () => {
    const queue = new WorkQueue({ ...patient, concurrency: 1, queue: 0 });
    for (let count = 0; count < 3; count += 1) {
      const failing = work(queue, () => Promise.reject(new Error('failed')));
      expect(await rejectionOf(failing)).toEqual(new Error('failed'));
    }
    await queue.admit(MANAGEMENT, async (place) => {
      place.take();
      place.leave();
      expect(await runIn(queue, async () => 'another')).toBe('another');
      expect(await place.run(async () => 'again')).toBe('again');
    });
  });

  test('is not refused while others take places, because it holds its own', async () => {
    const queue = new WorkQueue({ ...patient, concurrency: 1, queue: 1 });
    const other = aJob();
    const [slow] = await Promise.all([
      queue.admit(MANAGEMENT, async (place) => {
        place.take();
        await nextTurn();
        return place.run(async () => 'slow');
      }),
      runIn(queue, other.run),
      rejectionOf(runIn(queue, async () => 'never')),
      nextTurn().then(nextTurn).then(other.end),
    ]);
    expect(slow).toBe('slow');
  });

  test('is not delayed by a refusal inside the work', async () => {
    const { queue, end } = aFullQueue();
    const answer = queue.admit(MANAGEMENT, async (place) => place.hasRoom());
    expect(await answer).toBe(false);
    await end();
  });
});

describe('the shares of the queue', () => {
  const from = (account: string, client: string, network: string): Requester => ({
    account,
    client: { id: client },
    network,
  });

  /** A queue of 40 with one job that runs, and what becomes of requests that need a place. */
  const aQueue = () => {
    const refused: LimitName[] = [];
    const onRefused: OnRefused = (limit) => refused.push(limit);
    const queue = new WorkQueue({ concurrency: 1, queue: 40, queueDeadline: 60_000 }, onRefused);
    const running = aJob();
    const runs: Promise<unknown>[] = [runIn(queue, running.run)];
    const served: string[] = [];
    const add = (requester: Requester, name = ''): void => {
      const job = async (): Promise<void> => void served.push(name);
      runs.push(queue.admit(requester, (place) => place.run(job)).catch(() => undefined));
    };
    const finish = async (): Promise<void> => {
      running.end();
      await Promise.all(runs);
    };
    return { add, finish, refused, served };
  };

  it.each<[string, number, LimitName, (index: number) => Requester]>([
    ['an account', 5, 'passwordWorkPerAccount', (index) => from('ana', `c${index}`, `n${index}`)],
    ['a client', 10, 'passwordWorkPerClient', (index) => from(`a${index}`, 'shop', `n${index}`)],
    ['a network', 10, 'passwordWorkPerNetwork', (index) => from(`a${index}`, `c${index}`, '192.0.2.1')],
    ['all sign-ups together', 5, 'passwordWorkOfSignUps', (index) => ({ client: 'sign-up', network: `n${index}` })],
  ])('S-350 of 40 places, %s holds %i, and others are still admitted', async (_who, places, limit, requesterOf) => {
    const { add, finish, refused, served } = aQueue();
    for (let index = 0; index < 40; index += 1) add(requesterOf(index), 'storm');
    add(from('ben', 'other', 'elsewhere'), 'ben');
    await finish();
    expect(served.filter((name) => name === 'storm')).toHaveLength(places);
    expect(served.indexOf('ben')).toBeLessThanOrEqual(5); // by client, network or account, it is not behind the storm
    expect(refused).toEqual(Array.from({ length: 40 - places }, () => limit));
  });

  it('a part of the gate has a share apart from a client of the same name', () => {
    const keysOf = (client: Requester['client']) => sharesOf({ client, network: 'n' }, 40).map(({ key }) => key);
    expect(keysOf({ id: 'portal' })).not.toEqual(keysOf('portal'));
  });

  it('calls of the host application count for no share, take turns with the others, and may hold the whole queue', async () => {
    const { add, finish, refused, served } = aQueue();
    for (let index = 0; index < 39; index += 1) add(MANAGEMENT, 'call');
    add(from('ben', 'other', 'elsewhere'), 'ben');
    add(MANAGEMENT, 'call');
    await finish();
    expect(served).toHaveLength(40);
    expect(served.indexOf('ben')).toBe(0); // the job that runs is one of them
    expect(refused).toEqual(['passwordWork']);
  });

  it.each([0, 1, 2, 3, 7])(
    'in a queue of %i, an account may use every hash that is idle, and one place',
    async (size) => {
      const queue = new WorkQueue({ concurrency: 2, queue: size, queueDeadline: 60_000 });
      const jobs = Array.from({ length: 5 }, aJob);
      const answers = jobs.map((job) =>
        queue.admit(from('ana', 'shop', 'n'), (place) => place.run(job.run)).catch(() => 'refused'),
      );
      for (const job of jobs) job.end();
      const served = (await Promise.all(answers)).filter((answer) => answer === 'done');
      expect(served).toHaveLength(2 + Math.min(size, 1));
    },
  );

  it('a storm of one account delays another user by one turn, however long it lasts', async () => {
    const queue = new WorkQueue({ concurrency: 1, queue: 40, queueDeadline: 60_000 });
    const order: string[] = [];
    let rounds = 0;
    const storm = async (): Promise<void> => {
      while (rounds < 50) {
        await queue.admit(from('ana', 'shop', 'n1'), (place) => place.run(async () => void order.push('ana')));
      }
    };
    const other = async (): Promise<void> => {
      for (; rounds < 50; rounds += 1) {
        const before = order.length;
        // From the same client and network: only the account differs.
        await queue.admit(from('ben', 'shop', 'n1'), (place) =>
          place.run(async () => {
            expect(order.length - before).toBeLessThanOrEqual(2);
            await nextTurn();
          }),
        );
      }
    };
    await Promise.all([storm(), storm(), storm(), storm(), other()]);
  });
});

const requester = fc.record({
  account: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  client: fc.constantFrom<Requester['client']>({ id: 'x' }, { id: 'y' }, 'portal', 'management'),
  network: fc.constantFrom('1', '2', '3'),
});

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('arrive' as const), requester }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), index: fc.nat(7) }) },
  ),
  { maxLength: 120 },
);

const sizes = fc.record({ concurrency: fc.integer({ min: 1, max: 4 }), queue: fc.nat(40) });

interface Arrival {
  readonly requester: Requester;
  readonly job: ReturnType<typeof aJob>;
  readonly answer: Promise<string>;
}

test('S-350 the work queue admits exactly whom the shares allow, keeps each order, and loses no place', async () => {
  const admits = (
    waiting: readonly Arrival[],
    running: number,
    size: { concurrency: number; queue: number },
    asked: Requester,
  ) => {
    if (waiting.length + running < size.concurrency) return true;
    if (waiting.length >= size.queue) return false;
    const held = waiting.flatMap((arrival) => sharesOf(arrival.requester, size.queue).map(({ key }) => key));
    return sharesOf(asked, size.queue).every(({ key, max }) => held.filter((other) => other === key).length < max);
  };
  await assertProperty(
    fc.asyncProperty(sizes, steps, async (size, all) => {
      const queue = new WorkQueue({ ...size, queueDeadline: 60_000 });
      const arrivals: Arrival[] = [];
      const ended = new Set<Arrival>();
      const running = () => arrivals.filter((arrival) => arrival.job.hasStarted() && !ended.has(arrival));
      const waiting = () => arrivals.filter((arrival) => !arrival.job.hasStarted());
      const end = async (arrival: Arrival | undefined): Promise<void> => {
        if (arrival === undefined) return;
        const sameOrder = waiting().filter(
          (other) => JSON.stringify(other.requester) === JSON.stringify(arrival.requester),
        );
        ended.add(arrival);
        arrival.job.end();
        await nextTurn();
        expect(sameOrder.map((other) => other.job.hasStarted())).toEqual(
          sameOrder.map((other, index) => index === 0 && other.job.hasStarted()),
        );
      };
      const arrive = async (asked: Requester): Promise<void> => {
        const isExpected = admits(waiting(), running().length, size, asked);
        const job = aJob();
        let isAdmitted = false;
        const answer = queue.admit(asked, async (place) => {
          isAdmitted = place.hasRoom();
          return isAdmitted ? place.run(job.run) : 'refused';
        });
        expect(isAdmitted).toBe(isExpected);
        if (isAdmitted) arrivals.push({ requester: asked, job, answer });
        await nextTurn();
        expect(running().length).toBe(Math.min(size.concurrency, running().length + waiting().length));
      };
      for (const step of all) {
        if (step.kind === 'arrive') await arrive(step.requester);
        else await end(running()[step.index]);
      }
      while (running().length > 0) await end(running()[0]);
      expect(waiting()).toEqual([]);
      expect(await Promise.all(arrivals.map(({ answer }) => answer))).toEqual(arrivals.map(() => 'done'));
      for (let place = 0; place < size.concurrency + size.queue; place += 1) await arrive(MANAGEMENT);
      expect(arrivals.filter((arrival) => !ended.has(arrival))).toHaveLength(size.concurrency + size.queue);
      while (running().length > 0) await end(running()[0]);
    }),
    { numRuns: 60 },
  );
});

describe('the load of the work queue', () => {
  it('is the number of requests that wait and run, and the maximum', async () => {
    const queue = new WorkQueue({ ...patient, concurrency: 1 });
    const jobs = [aJob(), aJob(), aJob()];
    const runs = jobs.map((job) => runIn(queue, job.run));
    await nextTurn();
    expect(queue.load).toEqual({ waiting: 2, running: 1, capacity: 10 });
    for (const job of jobs) job.end();
    await Promise.all(runs);
    expect(queue.load).toEqual({ waiting: 0, running: 0, capacity: 10 });
  });

  it('does not include jobs that gave up', async () => {
    const queue = new WorkQueue({ concurrency: 1, queue: 10, queueDeadline: 5 });
    const running = aJob();
    const run = runIn(queue, running.run);
    await rejectionOf(runIn(queue, async () => 'never'));
    expect(queue.load).toEqual({ waiting: 0, running: 1, capacity: 10 });
    running.end();
    await run;
  });
});

describe('the waits in the work queue', () => {
  it('are reported once for each job that begins, in milliseconds', async () => {
    let now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    try {
      const waits: number[] = [];
      const queue = new WorkQueue({ ...patient, concurrency: 1, onWaited: (wait) => waits.push(wait) });
      const [first, second] = [aJob(), aJob()];
      const runs = [runIn(queue, first.run), runIn(queue, second.run)];
      await nextTurn();
      now = 70;
      first.end();
      second.end();
      await Promise.all(runs);
      expect(waits).toEqual([0, 70]);
    } finally {
      jest.restoreAllMocks();
    }
  });

  it('are not reported for jobs that gave up', async () => {
    const waits: number[] = [];
    const options = { concurrency: 1, queue: 10, queueDeadline: 5, onWaited: (wait: number) => waits.push(wait) };
    const queue = new WorkQueue(options);
    const running = aJob();
    const run = runIn(queue, running.run);
    await rejectionOf(runIn(queue, async () => 'never'));
    running.end();
    await run;
    expect(waits).toHaveLength(1);
  });
});
