import { aClock } from './clock';

describe('the test clock', () => {
  it('does not advance until it is moved', () => {
    const clock = aClock(1_000);
    expect(clock.now()).toBe(1_000);
    for (let step = 0; step < 10; step += 1) clock.advance(0.1);
    expect(clock.now()).toBe(1_001);
    clock.set(5.25);
    expect(clock.now()).toBe(5.25);
  });
});
