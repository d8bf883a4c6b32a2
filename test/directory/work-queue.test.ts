import { WorkQueue } from '../../src/directory/work-queue';
import { rejectionOf } from '../support/expect/thrown';
import { deferred } from '../support/time/deferred';
import { nextTurn } from '../support/time/waiting';

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
  const runs = jobs.map((job) => queue.run(job.run));
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
  const runs = [queue.run(running.run), queue.run(waiting.run)];
  expect(await rejectionOf(queue.run(async () => 'never'))).toEqual(overloaded);
  running.end();
  waiting.end();
  await Promise.all(runs);
  expect(await queue.run(async () => 'again')).toBe('again');
});

test('the work queue lets no job wait if it has no places', async () => {
  const queue = new WorkQueue({ ...patient, concurrency: 1, queue: 0 });
  const running = aJob();
  const run = queue.run(running.run);
  expect(await rejectionOf(queue.run(async () => 'never'))).toEqual(overloaded);
  running.end();
  await run;
});

test('the work queue gives up on a job that waits too long, and never runs it afterwards', async () => {
  const queue = new WorkQueue({ concurrency: 1, queue: 10, queueDeadline: 5 });
  const running = aJob();
  const run = queue.run(running.run);
  const late = aJob();
  expect(await rejectionOf(queue.run(late.run))).toEqual(overloaded);
  running.end();
  await run;
  await nextTurn();
  expect(late.hasStarted()).toBe(false);
  expect(await queue.run(async () => 'again')).toBe('again');
});

test('the work queue skips a job that has given up', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  const queue = new WorkQueue({ concurrency: 1, queue: 2, queueDeadline: 40 });
  const running = aJob();
  const run = queue.run(running.run);
  const gaveUp = rejectionOf(queue.run(async () => 'first'));
  await jest.advanceTimersByTimeAsync(20);
  const second = queue.run(async () => 'second');
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
  for (const job of failures) expect(await rejectionOf(queue.run(job))).toBeInstanceOf(Error);
  const waited = Promise.all([
    queue.run(failures[0] as () => Promise<never>).catch(() => 'failed'),
    queue.run(async () => 'ran'),
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
  await Promise.allSettled(Array.from({ length: 200 }, (_, index) => queue.run(() => job(index))));
  expect([running, most]).toEqual([0, 3]);
});

test('the work queue logs the reason for the operator, and sends the client only Retry-After', async () => {
  const queue = new WorkQueue({ concurrency: 1, queue: 0, queueDeadline: 5 });
  const running = aJob();
  const run = queue.run(running.run);
  const thrown = (await rejectionOf(queue.run(running.run))) as Error;
  expect(thrown.message).toBe('Too many sign-ins at the moment. Try again shortly.');
  expect((thrown.cause as Error).message).toBe('queue full');
  running.end();
  await run;
});

describe('work that will need a place in the queue', () => {
  const aFullQueue = () => {
    const queue = new WorkQueue({ concurrency: 1, queue: 1, queueDeadline: 10_000 });
    const jobs = [aJob(), aJob()];
    const runs = jobs.map((job) => queue.run(job.run));
    const end = async (): Promise<void> => {
      for (const job of jobs) job.end();
      await Promise.all(runs);
    };
    return { queue, end };
  };

  test('S-351 does not begin while there is no room, and begins once there is', async () => {
    const { queue, end } = aFullQueue();
    const work = jest.fn(async () => 'done');
    expect(await rejectionOf(queue.admit(work))).toEqual(overloaded);
    expect(work).not.toHaveBeenCalled();
    await end();
    expect(await queue.admit(work)).toBe('done');
  });

  test('S-350 counts as if it were already queued', async () => {
    const queue = new WorkQueue({ ...patient, concurrency: 1, queue: 1 });
    const onTheWay = [aJob(), aJob(), aJob()];
    const answers = onTheWay.map((job) => queue.admit(job.run).catch((error: unknown) => error));
    await nextTurn();
    expect(onTheWay.map((job) => job.hasStarted())).toEqual([true, true, false]);
    for (const job of onTheWay) job.end();
    expect(await Promise.all(answers)).toEqual(['done', 'done', overloaded]);
  });

  test('takes one place and not two when it enters the queue', async () => {
    const queue = new WorkQueue({ ...patient, concurrency: 1, queue: 1 });
    const running = aJob();
    const first = queue.admit(() => queue.run(running.run));
    await nextTurn();
    expect(running.hasStarted()).toBe(true);
    const second = queue.admit(() => queue.run(async () => 'second'));
    running.end();
    expect(await Promise.all([first, second])).toEqual(['done', 'second']);
  });

  test('frees its place when it fails', async () => {
    const queue = new WorkQueue({ ...patient, concurrency: 1, queue: 0 });
    for (let count = 0; count < 3; count += 1) {
      expect(await rejectionOf(queue.admit(() => Promise.reject(new Error('failed'))))).toEqual(new Error('failed'));
    }
  });

  test('is refused if other jobs have taken the place in the meantime', async () => {
    const queue = new WorkQueue({ ...patient, concurrency: 1, queue: 0 });
    const other = aJob();
    const [late] = await Promise.all([
      rejectionOf(
        queue.admit(async () => {
          await nextTurn();
          return queue.run(async () => 'never');
        }),
      ),
      // A job that bypasses admission, such as the hash of a new password.
      queue.run(other.run),
      nextTurn().then(nextTurn).then(other.end),
    ]);
    expect(late).toEqual(overloaded);
  });
});
