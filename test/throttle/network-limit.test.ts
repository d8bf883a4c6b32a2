import { OAuthError, StoreUnavailableError, type GateEvent } from 'scopegate';
import { MemoryFailureCounters } from '../../src/stores/memory/failure-counters';
import { NetworkLimit } from '../../src/throttle/network-limit';
import { contractLimits } from '../contracts/failure-counters';
import { aClock } from '../support/time/clock';

const HOUR = 3_600;
const HERE = '192.0.2.1';

const open = (maxPerHour: number) => {
  const clock = aClock();
  const limits = { ...contractLimits, signUpsPerNetwork: { failures: maxPerHour, window: HOUR } };
  const counters = new MemoryFailureCounters(limits, clock.now);
  const events: Omit<GateEvent, 'at'>[] = [];
  const limit = new NetworkLimit({
    rule: 'signUpsPerNetwork',
    counted: 'sign-ups',
    counters,
    maxPerHour,
    emit: (event) => events.push(event),
  });
  const signUp = jest.fn(async () => 'created');
  const from = (address: string) => limit.run(address, signUp).catch((error: unknown) => error);
  return { limit, from, signUp, clock, events };
};

describe('the limit on sign-ups of a network', () => {
  it('refuses the sign-ups of a network beyond it, before anything is created', async () => {
    const { from, signUp, events } = open(2);
    for (const address of [HERE, '::ffff:192.0.2.1', HERE, HERE]) await from(address);
    expect(signUp).toHaveBeenCalledTimes(2);
    const refusal = await from(HERE);
    expect(refusal).toBeInstanceOf(OAuthError);
    expect(refusal).toMatchObject({
      code: 'invalid_request',
      status: 429,
      headers: { 'Retry-After': '3600' },
      message: 'Too many sign-ups from this network: the limit is 2 per hour.',
    });
    const event = { type: 'limit', limit: 'signUpsPerNetwork', network: HERE };
    expect(events).toEqual([event, event, event]);
  });

  it('counts each network by itself, and a /64 of IPv6 as one', async () => {
    const { from, signUp } = open(1);
    await from('2001:db8::1');
    await from('2001:db8::2');
    await from('2001:db8:0:1::1');
    expect(signUp).toHaveBeenCalledTimes(2);
  });

  it('lets a network sign up again after an hour, however often it was refused', async () => {
    const { from, signUp, clock } = open(1);
    await from(HERE);
    clock.advance(HOUR - 1);
    await from(HERE);
    expect(signUp).toHaveBeenCalledTimes(1);
    clock.advance(1.001);
    await from(HERE);
    expect(signUp).toHaveBeenCalledTimes(2);
  });

  it('does not count a sign-up that failed', async () => {
    const { limit, from, signUp } = open(1);
    const failing = limit.run(HERE, () => Promise.reject(new StoreUnavailableError('deadline')));
    await expect(failing).rejects.toThrow(StoreUnavailableError);
    expect(await from(HERE)).toBe('created');
    expect(signUp).toHaveBeenCalledTimes(1);
  });

  it('lets no more through if they are concurrent', async () => {
    const { from, signUp } = open(3);
    await Promise.all(Array.from({ length: 50 }, () => from(HERE)));
    expect(signUp).toHaveBeenCalledTimes(3);
  });

  it('is off if it is Infinity', async () => {
    const { from, signUp } = open(Infinity);
    for (let count = 0; count < 200; count += 1) await from(HERE);
    expect(signUp).toHaveBeenCalledTimes(200);
  });
});
