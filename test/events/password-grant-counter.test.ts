import { Emitter } from '../../src/events/emitter';
import { createPasswordGrantCounter } from '../../src/events/password-grant-counter';
import type { IssueOccasion } from '../../src/events/gate-events';
import { recordedLogger } from '../support/gate/gate';
import { aClock } from '../support/time/clock';

/** A counter, and a function that issues a token to a client. */
const aCounter = () => {
  const emitter = new Emitter(aClock().now, recordedLogger().logger);
  const counter = createPasswordGrantCounter(emitter);
  const issue = (clientId: string, occasion: IssueOccasion = 'password'): void =>
    emitter.emit({ type: 'issue', occasion, grantId: 'grant', clientId, environment: 'production', scopes: [] });
  const values = async (): Promise<ReadonlyMap<string, number>> => {
    const { values: found } = (await counter.get()) as {
      readonly values: readonly { readonly labels: { readonly client: string }; readonly value: number }[];
    };
    return new Map(found.map(({ labels, value }) => [labels.client, value]));
  };
  return { issue, values };
};

describe('the counter of password grants', () => {
  it('counts the grants of each client, and no other grants', async () => {
    const { issue, values } = aCounter();
    issue('one');
    issue('two');
    issue('one');
    for (const occasion of ['client_credentials', 'management'] as const) issue('one', occasion);
    expect(Object.fromEntries(await values())).toEqual({ one: 2, two: 1 });
  });

  it('has at most 100 clients, and counts all further ones together', async () => {
    const { issue, values } = aCounter();
    for (let number = 0; number < 150; number += 1) issue(`client-${number}`);
    issue('client-0');
    issue('client-149');
    const found = await values();
    expect(found.size).toBe(101);
    expect([found.get('client-0'), found.get('client-99'), found.get('other')]).toEqual([2, 1, 51]);
  });
});
