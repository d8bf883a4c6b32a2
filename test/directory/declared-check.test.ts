import { DeclaredCheck } from '../../src/directory/declared-check';
import { ConfigurationError, StoreUnavailableError } from '../../src/protocol/errors';

/** A check that rejects with these errors, one after the other, and then resolves. */
const failingWith = (...errors: readonly Error[]) => {
  let calls = 0;
  const check = new DeclaredCheck(async () => {
    calls += 1;
    const error = errors[calls - 1];
    if (error !== undefined) throw error;
  });
  return { check, calls: () => calls };
};

const away = new StoreUnavailableError('disconnected');

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('the check of the declarations in the background', () => {
  it('is repeated every second until the store could be read', async () => {
    const { check, calls } = failingWith(away, away);
    check.begin();
    expect(calls()).toBe(1);
    await jest.advanceTimersByTimeAsync(999);
    expect(calls()).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(calls()).toBe(2);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(calls()).toBe(3);
  });

  it('begins once, and is not repeated if the declarations are refused or the gate is closed', async () => {
    const refused = failingWith(new ConfigurationError([]));
    const closed = failingWith(away, away);
    refused.check.begin();
    refused.check.begin();
    closed.check.begin();
    await jest.advanceTimersByTimeAsync(0);
    closed.check.close();
    await jest.advanceTimersByTimeAsync(10_000);
    expect([refused.calls(), closed.calls()]).toEqual([1, 1]);
  });
});
