import { scopegate, type RedisLike } from 'scopegate';
import { closeAtEnd, recordedLogger, gateOptions } from '../../support/gate/gate';

/** A client whose commands are never answered, and that throws where a timer or a listener uses it. */
const throwingClient = (events: [string, (...args: unknown[]) => void][]): RedisLike => ({
  status: 'ready',
  duplicate: () => throwingClient(events),
  call: (command) => {
    if (['info', 'publish', 'subscribe'].includes(command)) throw new Error('CANARY');
    return new Promise(() => undefined);
  },
  disconnect: (reconnect) => {
    if (reconnect === true) throw new Error('CANARY');
  },
  on: (event, listener) => events.push([event, listener]),
  off: () => undefined,
});

it('a Redis client whose methods throw does not end the process through a timer or a listener', async () => {
  jest.useFakeTimers();
  const events: [string, (...args: unknown[]) => void][] = [];
  const redis = throwingClient(events);
  const { logger } = recordedLogger();
  const gate = closeAtEnd(scopegate({ ...gateOptions(logger), redis, deadline: 100 }));
  gate.portal();
  for (const [event, listener] of [...events]) {
    expect([event, listener(event === 'error' ? undefined : 'sg:changes', '\u0000 not a change')]).toBeDefined();
  }
  for (let second = 0; second < 10; second += 1) {
    const asked = gate.tokens.revoke({ clientId: 'key' }).catch(() => undefined);
    await jest.advanceTimersByTimeAsync(1_000);
    await asked;
  }
  await gate.close();
  jest.useRealTimers();
});
