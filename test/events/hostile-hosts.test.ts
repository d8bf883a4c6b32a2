import { Emitter } from '../../src/events/emitter';
import { kindOfError, createRateLimitedLogger, type Logger } from '../../src/events/logger';
import { asError, asOAuthError } from '../../src/protocol/errors';
import { strictClock, tolerantClock } from '../../src/options/clock';
import { aClock } from '../support/time/clock';
import { aGate, JOHN, recordedLogger } from '../support/gate/gate';
import { nextTurn } from '../support/time/waiting';
import { passwordForm } from '../support/tokens/forms';
import { throwing, revokedProxy } from '../support/expect/thrown-things';

// Functions of the host may throw or reject wherever they are called. An error from a listener or a timer would end the
// process; here it fails the test.

/** A value that a promise treats as a thenable, and that fails. */
const badThenable = (descriptor: PropertyDescriptor): object =>
  Object.defineProperty({}, ['t', 'hen'].join(''), descriptor);

/** Values that throw when they are inspected. */
const hostileValues: readonly (readonly [name: string, value: unknown])[] = [
  ['a revoked proxy', revokedProxy()],
  ['a proxy whose prototype throws', new Proxy({}, { getPrototypeOf: throwing })],
  ['a proxy of an error whose fields throw', new Proxy(new Error('CANARY'), { get: throwing })],
  ['an error whose message is not a text', Object.assign(new Error('x'), { message: { toString: throwing } })],
];

describe('a logger', () => {
  const loggers: readonly (readonly [how: string, write: () => unknown])[] = [
    ['throws', throwing],
    ['rejects', () => Promise.reject(new Error('CANARY'))],
    ['rejects a turn later', async () => nextTurn().then(throwing)],
    ['returns a thenable that throws', () => badThenable({ value: throwing })],
    ['returns an object whose then throws', () => badThenable({ get: throwing })],
  ];

  it.each(loggers)('that %s changes no response and does not end the process', async (_how, write) => {
    const logger = { info: write, warn: write, error: write } as unknown as Logger;
    const { signIn, get, gate } = aGate({ logger });
    gate.on('deny', throwing);
    await signIn(JOHN, 'read');
    await get('/me').expect(401);
    await nextTurn();
    await nextTurn();
  });

  it.each(loggers)('that %s does not prevent later lines from being written', async (_how, write) => {
    let calls = 0;
    const call = (): unknown => {
      calls += 1;
      return write();
    };
    const logger = createRateLimitedLogger({ info: call, warn: call, error: call }, aClock().now);
    for (const level of ['info', 'warn', 'error'] as const) logger[level]({}, `a ${level}`);
    await nextTurn();
    await nextTurn();
    expect(calls).toBe(3);
  });
});

describe('a thrown value', () => {
  it.each(hostileValues)('may be %s, which is described and answered as a server error', (_name, value) => {
    expect(JSON.stringify(kindOfError(value))).not.toContain('CANARY');
    expect(asError(value)).toBeInstanceOf(Error);
    expect(asOAuthError(value)).toMatchObject({ status: 500, code: 'server_error' });
  });

  it.each(hostileValues)('may be %s from a users function, whose sign-in is refused with 5xx', async (_name, value) => {
    const { token } = aGate({
      users: async () => {
        throw value;
      },
    });
    const { status } = await token(passwordForm(JOHN));
    expect(status).toBeGreaterThanOrEqual(500);
  });
});

describe('a listener of gate.on()', () => {
  it.each<[string, () => unknown]>([
    [
      'throws what throws',
      () => {
        throw revokedProxy(); // oxlint-disable-line no-throw-literal
      },
    ],
    ['rejects with what throws', () => Promise.reject(revokedProxy())],
    [
      'returns a promise whose constructor throws',
      () => Object.defineProperty(Promise.resolve(), 'constructor', { get: throwing }),
    ],
    [
      'returns a rejected promise without catch',
      () => Object.assign(Promise.reject(new Error('CANARY')), { catch: undefined }),
    ],
    ['returns an object whose then throws', () => badThenable({ get: throwing })],
  ])('that %s is logged, and the other listeners are still called', async (_how, listener) => {
    const { logger, lines } = recordedLogger();
    const emitter = new Emitter(aClock().now, logger);
    const received: string[] = [];
    emitter.on('storeBack', listener);
    emitter.on('storeBack', () => received.push('behind'));
    emitter.emit({ type: 'storeBack', store: 'redis' });
    await nextTurn();
    await nextTurn();
    expect(received).toEqual(['behind']);
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain('CANARY');
  });
});

describe('a clock', () => {
  const answers: readonly (readonly [how: string, answer: () => unknown])[] = [
    ['throws', throwing],
    ['answers NaN', () => Number.NaN],
    ['answers nothing', () => undefined],
    ['answers a text', () => '1800000000'],
    ['answers infinity', () => Infinity],
    ['answers a value that throws', revokedProxy],
  ];

  it.each(answers)('that %s is replaced by the system clock in timers and listeners, and logged', (_how, answer) => {
    const { logger, lines } = recordedLogger();
    const clock = tolerantClock(answer as () => number, logger);
    expect(Math.abs(clock() - Date.now() / 1000)).toBeLessThan(5);
    expect(lines).toMatchObject([{ level: 'warn' }]);
  });

  it.each(answers)('that %s refuses a request regardless of expiry times', (_how, answer) => {
    expect(strictClock(answer as () => number)).toThrow();
  });

  it('that works is used unchanged', () => {
    const { logger, lines } = recordedLogger();
    const clock = aClock(5);
    expect([tolerantClock(clock.now, logger)(), strictClock(clock.now)(), lines]).toEqual([5, 5, []]);
  });

  it.each(answers)(
    'that %s once the gate is open breaks nothing: requests are answered and timers run',
    async (_how, answer) => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
      let isBroken = false;
      const { logger } = recordedLogger();
      const { gate, get, signIn } = aGate({
        clock: () => (isBroken ? (answer() as number) : Date.now() / 1000),
        logger,
      });
      gate.portal();
      const { access_token: token } = await signIn();
      isBroken = true;
      expect([500, 503]).toContain((await get('/me', token)).status);
      await get('/me').expect(401);
      await jest.advanceTimersByTimeAsync(120_000);
      jest.useRealTimers();
      await gate.close();
    },
  );
});
