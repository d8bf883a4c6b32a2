import type { GateEventFacts } from '../../src/events/gate-events';
import { MemoryCodeStore } from '../../src/stores/memory/codes';
import { HeldPrincipals } from '../../src/stores/memory/principals';
import { Codes } from '../../src/tokens/codes';
import { rejectionOf } from '../support/expect/thrown';
import { aClock } from '../support/time/clock';
import { aCode } from '../support/tokens/codes';

it('a user may be issued thirty codes of one client within 60 seconds, and then as many again', async () => {
  const clock = aClock();
  const events: GateEventFacts[] = [];
  const codes = new Codes({
    store: new MemoryCodeStore(clock.now, new HeldPrincipals()),
    clock: clock.now,
    emit: (event) => events.push(event),
    revocation: { revokeGrant: async () => undefined },
  });
  const issue = (clientId = 'client') => codes.issue(aCode(clock.now(), { clientId }));
  for (let count = 0; count < 30; count += 1) expect(await issue()).toMatch(/^sgc_/);
  expect(await rejectionOf(issue())).toMatchObject({
    code: 'temporarily_unavailable',
    status: 429,
    headers: { 'Retry-After': '60' },
  });
  const subject = 'john@gmail.com@johnsorg';
  expect(events).toEqual([{ type: 'limit', limit: 'codesPerUserAndClient', clientId: 'client', subject }]);
  expect(await issue('other')).toMatch(/^sgc_/);
  clock.advance(60);
  expect(await issue()).toMatch(/^sgc_/);
});
