import { Deadline } from '../src/proxy/deadline';

describe('a deadline', () => {
  let reached = 0;
  let deadline: Deadline;

  beforeEach(() => {
    jest.useFakeTimers();
    reached = 0;
    deadline = new Deadline(() => {
      reached += 1;
    });
  });

  afterEach(() => jest.useRealTimers());

  const advance = (milliseconds: number): void => {
    jest.advanceTimersByTime(milliseconds);
  };

  it('is reached once, and not early', () => {
    deadline.set(1_000);
    advance(999);
    expect(reached).toBe(0);
    advance(2);
    expect(reached).toBe(1);
    advance(10_000);
    expect(reached).toBe(1);
  });

  it('may be moved later without a new timer', () => {
    deadline.set(1_000);
    const timers = jest.getTimerCount();
    for (let moves = 0; moves < 100; moves += 1) {
      advance(900);
      deadline.set(1_000);
      expect(jest.getTimerCount()).toBeLessThanOrEqual(timers);
    }
    expect(reached).toBe(0);
    advance(999);
    expect(reached).toBe(0);
    advance(2);
    expect(reached).toBe(1);
  });

  it('may be moved earlier', () => {
    deadline.set(30_000);
    deadline.set(100);
    advance(101);
    expect(reached).toBe(1);
  });

  it('is not reached while it is suspended, and runs anew when it is set again', () => {
    deadline.set(1_000);
    advance(500);
    deadline.suspend();
    advance(60_000);
    expect(reached).toBe(0);
    deadline.set(1_000);
    advance(999);
    expect(reached).toBe(0);
    advance(2);
    expect(reached).toBe(1);
  });

  it('leaves no timer when it is cleared', () => {
    deadline.set(1_000);
    deadline.clear();
    expect(jest.getTimerCount()).toBe(0);
    advance(10_000);
    expect(reached).toBe(0);
  });

  it('is not reached if an event moves it that arrived while the process was busy', () => {
    deadline.set(1_000);
    jest.advanceTimersToNextTimer(); // the timer, without the check that follows the events
    deadline.set(1_000);
    advance(999);
    expect(reached).toBe(0);
    advance(2);
    expect(reached).toBe(1);
  });
});
