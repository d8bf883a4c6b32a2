import { OAuthError, type GateEvent } from 'scopegate';
import { MemoryFailureCounters } from '../../src/stores/memory/failure-counters';
import { AccountLimit } from '../../src/throttle/account-limit';
import { contractLimits } from '../contracts/failure-counters';
import { aClock } from '../support/time/clock';

const HOUR = 3_600;

const open = (maxPerHour: number) => {
  const clock = aClock();
  const rule = 'passwordLinksPerAdministrator';
  const limits = { ...contractLimits, [rule]: { failures: maxPerHour, window: HOUR } };
  const events: Omit<GateEvent, 'at'>[] = [];
  const limit = new AccountLimit({
    rule,
    counted: 'links',
    counters: new MemoryFailureCounters(limits, clock.now),
    maxPerHour,
    emit: (event) => events.push(event),
  });
  return { limit, clock, events };
};

describe('the limit on the links of an administrator', () => {
  it('refuses more within an hour with 429, and none of another administrator', async () => {
    const { limit, clock, events } = open(2);
    await limit.count('ada@johnsorg');
    await limit.count('ada@johnsorg');
    const refusal: unknown = await limit.count('ada@johnsorg').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(OAuthError);
    expect(refusal).toMatchObject({ status: 429, headers: { 'Retry-After': '3600' } });
    expect(events).toEqual([{ type: 'limit', limit: 'passwordLinksPerAdministrator', subject: 'ada@johnsorg' }]);
    await limit.count('eve@evilcorp');
    clock.advance(HOUR + 1);
    await limit.count('ada@johnsorg');
  });

  it('does not exist if the option is false', async () => {
    const { limit } = open(Infinity);
    for (let count = 0; count < 200; count += 1) await limit.count('ada@johnsorg');
  });
});
