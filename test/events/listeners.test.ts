import { runInNewContext } from 'node:vm';
import { ConfigurationError, type Gate, type GateEventType } from 'scopegate';
import { aClock } from '../support/time/clock';
import { aGate, JOHN } from '../support/gate/gate';
import { EVENT_TYPES, recordEvents, recordChannels } from '../support/gate/recorded-events';
import { thrownBy } from '../support/expect/thrown';
import { thrownThings } from '../support/expect/thrown-things';
import { nextTurn } from '../support/time/waiting';

const FAILED = 'A listener of gate.on() failed';

describe('gate.on', () => {
  it('no longer calls a listener that was removed, and still calls the others', async () => {
    const { gate, get } = aGate();
    const received: string[] = [];
    const off = gate.on('deny', () => received.push('first'));
    gate.on('deny', () => received.push('second'));
    await get('/me').expect(401);
    off();
    off(); // twice does no harm
    await get('/me').expect(401);
    expect(received).toEqual(['first', 'second', 'second']);
  });

  it('calls a function as often as it was registered, and removes one registration at a time', async () => {
    const { gate, get } = aGate();
    let calls = 0;
    const listener = (): void => {
      calls += 1;
    };
    const [first, second] = [gate.on('deny', listener), gate.on('deny', listener)];
    await get('/me').expect(401);
    expect(calls).toBe(2);
    first();
    first();
    await get('/me').expect(401);
    expect(calls).toBe(3);
    second();
    await get('/me').expect(401);
    expect(calls).toBe(3);
  });

  it('calls a listener only for its own event type', async () => {
    const { gate, get, signIn } = aGate();
    const types: string[] = [];
    for (const type of EVENT_TYPES) gate.on(type, (event) => types.push(`${type}: ${event.type}`));
    await get('/me').expect(401);
    await signIn();
    expect(types).toEqual(['deny: deny', 'issue: issue']);
  });

  it('passes the same deeply frozen event to all listeners', async () => {
    const { gate, get, signIn } = aGate();
    const events = recordEvents(gate);
    const again = recordEvents(gate);
    const { access_token: token } = await signIn(JOHN, 'read');
    await get('/both', token).expect(403);
    expect(events.map(({ type }) => type)).toEqual(['issue', 'deny']);
    events.forEach((event, index) => expect(again[index]).toBe(event));
    for (const event of events) {
      expect(Object.isFrozen(event)).toBe(true);
      for (const value of Object.values(event))
        expect([event.type, Object.isFrozen(value)]).toEqual([event.type, true]);
    }
  });

  it('gives a listener no reference through which it could change a token or a rule', async () => {
    const { gate, get, signIn } = aGate();
    // Written as JavaScript would: the types forbid it.
    gate.on('issue', ({ scopes }) => (scopes as string[]).push('admin'));
    gate.on('deny', ({ needs }) => (needs as string[] | undefined)?.splice(0));
    const { access_token: token, scope } = await signIn(JOHN, 'read');
    expect(scope).toBe('read');
    await get('/admin', token).expect(403);
    const needs: unknown[] = [];
    gate.on('deny', (event) => needs.push(event.needs));
    await get('/admin', token).expect(403);
    expect(needs).toEqual([['admin']]);
  });

  it('uses the time of the clock that was passed in', async () => {
    const clock = aClock(1_000);
    const { gate, get } = aGate({ clock: clock.now });
    const events = recordEvents(gate);
    await get('/me').expect(401);
    clock.advance(0.5);
    await get('/me').expect(401);
    clock.set(10);
    await get('/me').expect(401);
    expect(events.map(({ at }) => at)).toEqual([1_000, 1_000.5, 10]);
  });

  it.each(['login', '', 'DENY', 'toString', '__proto__', 'scopegate:deny', 1, undefined, null, {}])(
    'refuses %p as an event type, and names the existing ones',
    (type) => {
      const { gate } = aGate();
      const thrown = thrownBy(() => gate.on(type as GateEventType, () => undefined));
      expect(thrown).toBeInstanceOf(ConfigurationError);
      const { faults } = thrown as ConfigurationError;
      expect(faults.map(({ path }) => path)).toEqual([[]]);
      expect(faults[0]?.problem).toContain(EVENT_TYPES.join(', '));
    },
  );

  it('supports no event type that these tests do not list', () => {
    const thrown = thrownBy(() => aGate().gate.on('?' as GateEventType, () => undefined));
    expect((thrown as ConfigurationError).message).toMatch(new RegExp(`events are ${EVENT_TYPES.join(', ')}$`, 'm'));
  });
});

describe('a misbehaving listener', () => {
  const badListeners: readonly (readonly [how: string, make: (thrown: unknown) => () => unknown])[] = [
    [
      'throws',
      (thrown) => () => {
        throw thrown;
      },
    ],
    ['rejects with', (thrown) => () => Promise.reject(thrown)],
    [
      'rejects later with',
      (thrown) => async () => {
        await nextTurn();
        throw thrown;
      },
    ],
  ];

  const cases = badListeners.flatMap(([how, make]) =>
    thrownThings.map(([name, thrown]) => [how, name, make(thrown)] as const),
  );

  it.each(cases)(
    'that %s %s changes no response, does not affect other listeners, and is logged',
    async (_how, _name, bad) => {
      const { gate, get, signIn, lines } = aGate();
      const received: string[] = [];
      gate.on('issue', () => received.push('before'));
      gate.on('issue', bad);
      gate.on('deny', bad);
      gate.on('issue', () => received.push('behind'));
      const before = lines.length;
      const { access_token: token } = await signIn(JOHN, 'read');
      await get('/admin', token).expect(403);
      await nextTurn();
      await nextTurn();
      expect(received).toEqual(['before', 'behind']);
      expect(lines.slice(before)).toMatchObject([
        { level: 'error', message: FAILED, fields: { event: 'issue' } },
        { level: 'error', message: FAILED, fields: { event: 'deny' } },
      ]);
      expect(JSON.stringify(lines)).not.toContain('CANARY');
    },
  );

  it('is logged even if its promise is from another context', async () => {
    const { gate, get, lines } = aGate();
    const elsewhere: unknown = runInNewContext('() => Promise.reject(new Error())');
    gate.on('deny', elsewhere as () => unknown);
    await get('/me').expect(401);
    await nextTurn();
    expect(lines.filter(({ message }) => message === FAILED)).toHaveLength(1);
  });

  it('that never finishes does not delay a response', async () => {
    const { gate, get } = aGate();
    gate.on('deny', () => new Promise(() => undefined));
    await get('/me').expect(401);
  });

  it('may remove itself or another listener while it is called', async () => {
    const { gate, get } = aGate();
    const received: string[] = [];
    const offs: (() => void)[] = [];
    gate.on('deny', () => received.push('first'));
    offs.push(
      gate.on('deny', () => {
        received.push('once');
        for (const off of offs) off();
      }),
    );
    offs.push(gate.on('deny', () => received.push('taken off by another')));
    gate.on('deny', () => received.push('last'));
    await get('/me').expect(401);
    await get('/me').expect(401);
    expect(received).toEqual(['first', 'once', 'last', 'first', 'last']);
  });

  it('may register another listener while it is called, which receives only later events', async () => {
    const { gate, get } = aGate();
    let calls = 0;
    /** Receives one event and registers itself again; the bound ends a loop that should never begin. */
    const listen = (): void => {
      const off = gate.on('deny', () => {
        calls += 1;
        off();
        if (calls < 50) listen();
      });
    };
    listen();
    await get('/me').expect(401);
    expect(calls).toBe(1);
    await get('/me').expect(401);
    expect(calls).toBe(2);
  });

  it('may call the gate', async () => {
    const { gate, get, signIn } = aGate();
    const events = recordEvents(gate);
    gate.on('issue', ({ grantId }) => gate.tokens.revoke({ grantId }));
    const { access_token: token } = await signIn();
    await nextTurn();
    await get('/me', token).expect(401);
    expect(events.map(({ type }) => type)).toEqual(['issue', 'revoke', 'deny']);
  });
});

describe('the diagnostics channels', () => {
  const asks = async ({ gate, get, signIn }: ReturnType<typeof aGate>): Promise<void> => {
    await signIn();
    await get('/me').expect(401);
    await gate.tokens.revoke({ user: JOHN[0] });
  };
  const CHANNELS = ['scopegate:issue', 'scopegate:deny', 'scopegate:revoke'];

  it('publish the same events that listeners receive', async () => {
    const tested = aGate();
    const events = recordEvents(tested.gate);
    const messages = recordChannels();
    await asks(tested);
    expect(messages.map(([name]) => name)).toEqual(CHANNELS);
    messages.forEach(([, event], index) => expect(event).toBe(events[index]));
  });

  it('publish events without any listener, from all gates of the process', async () => {
    const messages = recordChannels();
    await asks(aGate({ clock: () => 1 }));
    await asks(aGate({ clock: () => 2 }));
    expect(messages.map(([name]) => name)).toEqual([...CHANNELS, ...CHANNELS]);
    expect(messages.map(([, event]) => (event as { at: number }).at)).toEqual([1, 1, 1, 2, 2, 2]);
  });
});

describe('two gates in one process', () => {
  it("S-357 do not receive each other's events", async () => {
    const gates = [aGate(), aGate()] as const;
    const [first, second] = gates.map(({ gate }: { gate: Pick<Gate, 'on'> }) => recordEvents(gate));
    await gates[0].signIn();
    await gates[1].get('/me').expect(401);
    expect([first, second]).toMatchObject([[{ type: 'issue' }], [{ type: 'deny' }]]);
  });
});
