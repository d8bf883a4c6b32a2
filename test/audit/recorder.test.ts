import type { AuditEntry, AuditFact, AuditLog } from '../../src/audit/audit-log';
import { auditEvents } from '../../src/audit/audited-events';
import { AuditRecorder } from '../../src/audit/recorder';
import { Emitter } from '../../src/events/emitter';
import type { GateEventFacts } from '../../src/events/gate-events';
import { StoreUnavailableError } from '../../src/protocol/errors';
import { mintGrantId } from '../../src/protocol/secrets';
import { aClock } from '../support/time/clock';
import { recordedLogger } from '../support/gate/gate';
import { nextTurn } from '../support/time/waiting';

type Written = readonly [organization: string | undefined, entries: readonly AuditEntry[]];

const opened: AuditRecorder[] = [];
afterEach(async () => {
  for (const recorder of opened.splice(0)) await recorder.close();
});

/** A recorder, and what the log was given. */
const open = (
  changes: {
    readonly append?: AuditLog['append'];
    readonly organizationOf?: (fact: AuditFact) => Promise<string | undefined>;
  } = {},
) => {
  const clock = aClock();
  const written: Written[] = [];
  const { logger, lines } = recordedLogger();
  const log: AuditLog = {
    append: changes.append ?? (async (organization, entries) => void written.push([organization, entries])),
    list: async () => ({ entries: [] }),
  };
  const organizationOf = changes.organizationOf ?? (async () => undefined);
  const recorder = new AuditRecorder({ log, organizationOf, clock: clock.now, logger });
  opened.push(recorder);
  return { clock, written, lines, logger, recorder };
};

const entriesOf = (written: readonly Written[]): readonly AuditEntry[] => written.flatMap(([, entries]) => entries);

describe('the audit recorder', () => {
  it('writes all pending facts in one batch, each with the time at which it was noted', async () => {
    const { clock, written, recorder } = open();
    const then = clock.now();
    recorder.note({ action: 'sign_in', actor: 'ana@johnsorg' });
    clock.advance(0.5);
    recorder.note({ action: 'revoke', actor: 'ana@johnsorg', target: 'bob', clientId: 'key', detail: 'request' });
    expect(written).toEqual([]);
    await recorder.flush();
    const id = expect.stringMatching(/^[A-Za-z0-9_-]{12}$/) as string;
    expect(written).toStrictEqual([
      [
        undefined,
        [
          { id, at: then, action: 'sign_in', actor: 'ana@johnsorg' },
          {
            id,
            at: then + 0.5,
            action: 'revoke',
            actor: 'ana@johnsorg',
            target: 'bob',
            clientId: 'key',
            detail: 'request',
          },
        ],
      ],
    ]);
    expect(new Set(entriesOf(written).map((entry) => entry.id)).size).toBe(2);
    await recorder.flush();
    expect(written).toHaveLength(1);
  });

  it('merges repeated facts within a batch into one entry with a count', async () => {
    const { written, recorder } = open();
    const facts = [
      { action: 'deny', clientId: 'key', detail: 'guard 403' },
      { action: 'deny', clientId: 'key', detail: 'guard 401' },
      { action: 'deny', clientId: 'other', detail: 'guard 403' },
      { action: 'deny', target: 'key', detail: 'guard 403' },
      { action: 'deny', actor: 'key', detail: 'guard 403' },
      { action: 'deny', clientId: 'key', detail: 'guard 403', organization: 'johnsorg' },
    ];
    for (let count = 0; count < 1_000; count += 1) recorder.note(facts[0] ?? { action: '' });
    for (const fact of facts) recorder.note(fact);
    await recorder.flush();
    const counts = entriesOf(written).map(({ count }) => count);
    expect(counts).toEqual([1_001, undefined, undefined, undefined, undefined, undefined]);
    recorder.note(facts[0] ?? { action: '' });
    await recorder.flush();
    expect(entriesOf(written).at(-1)).not.toHaveProperty('count');
  });

  it('writes at most 1,000 different entries per batch, and logs how many facts are missing from them', async () => {
    const { written, lines, recorder } = open();
    for (let count = 0; count < 1_007; count += 1) recorder.note({ action: 'deny', clientId: String(count) });
    recorder.note({ action: 'deny', clientId: '0' });
    await recorder.flush();
    expect(entriesOf(written)).toHaveLength(1_000);
    expect(entriesOf(written)[0]).toMatchObject({ clientId: '0', count: 2 });
    expect(lines.map(({ level, fields }) => [level, fields])).toEqual([['warn', { dropped: 7 }]]);
    recorder.note({ action: 'deny', detail: 'again' });
    await recorder.flush();
    expect(entriesOf(written)).toHaveLength(1_001);
    expect(lines).toHaveLength(1);
  });

  it('looks up the organization of a fact that does not name one', async () => {
    const asked: AuditFact[] = [];
    const { written, recorder } = open({
      organizationOf: async (fact) => {
        asked.push(fact);
        return fact.clientId === undefined ? undefined : 'johnsorg';
      },
    });
    recorder.note({ action: 'a', organization: 'evilcorp' });
    recorder.note({ action: 'b', clientId: 'key' });
    recorder.note({ action: 'c' });
    recorder.note({ action: 'd', organization: 'johnsorg' });
    await recorder.flush();
    expect(asked.map(({ action }) => action)).toEqual(['b', 'c']);
    const actions = written.map(([organization, entries]) => [organization, ...entries.map(({ action }) => action)]);
    expect(actions).toEqual([
      ['evilcorp', 'a'],
      ['johnsorg', 'b', 'd'],
      [undefined, 'c'],
    ]);
    for (const entry of entriesOf(written)) expect(entry).not.toHaveProperty('organization');
  });

  it.each<[string, Parameters<typeof open>[0]]>([
    ['the log', { append: () => Promise.reject(new StoreUnavailableError('deadline')) }],
    [
      'the look-up of the organization',
      { organizationOf: () => Promise.reject(new StoreUnavailableError('deadline')) },
    ],
  ])('logs that entries are lost when %s fails, and throws nothing', async (_who, changes) => {
    const { lines, recorder } = open(changes);
    recorder.note({ action: 'issue', clientId: 'secret-looking-key' });
    recorder.note({ action: 'revoke' });
    await expect(recorder.flush()).resolves.toBeUndefined();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'warn', fields: { entries: 2 } });
    expect(JSON.stringify(lines)).not.toContain('secret-looking-key');
    await recorder.flush();
    expect(lines).toHaveLength(1);
  });

  it('resolves a flush only after the running write, and writes facts that were noted in the meantime', async () => {
    const written: string[] = [];
    const ends: (() => void)[] = [];
    const { recorder } = open({
      append: async (_organization, entries) => {
        await new Promise<void>((resolve) => {
          ends.push(resolve);
        });
        written.push(...entries.map(({ action }) => action));
      },
    });
    recorder.note({ action: 'a' });
    const first = recorder.flush();
    await nextTurn();
    recorder.note({ action: 'b' });
    let isFlushed = false;
    const second = recorder.flush().then(() => {
      isFlushed = true;
    });
    await nextTurn();
    expect([isFlushed, written, ends.length]).toEqual([false, [], 1]);
    ends[0]?.();
    await first;
    await nextTurn();
    expect([isFlushed, written, ends.length]).toEqual([false, ['a'], 2]);
    ends[1]?.();
    await second;
    expect(written).toEqual(['a', 'b']);
  });

  it('loses nothing that was noted before it is closed, even during a write', async () => {
    const written: Written[] = [];
    const { recorder } = open({
      append: async (organization, entries) => {
        await nextTurn();
        await nextTurn();
        written.push([organization, entries]);
      },
    });
    recorder.note({ action: 'a' });
    void recorder.flush();
    recorder.note({ action: 'b' });
    await recorder.close();
    expect(entriesOf(written).map(({ action }) => action)).toEqual(['a', 'b']);
  });

  it('logs the error of a log that throws instead of rejecting, and throws nothing itself', async () => {
    const { lines, recorder } = open({
      append: () => {
        throw new Error('CANARY');
      },
    });
    recorder.note({ action: 'a' });
    await expect(recorder.flush()).resolves.toBeUndefined();
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain('CANARY');
  });
});

describe('the timer of the audit recorder', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('writes once per second until the recorder is closed', async () => {
    const { written, recorder } = open();
    recorder.note({ action: 'a' });
    await jest.advanceTimersByTimeAsync(999);
    expect(written).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(written).toHaveLength(1);
    recorder.note({ action: 'b' });
    await recorder.close(); // writes what was noted
    recorder.note({ action: 'too late' });
    await jest.advanceTimersByTimeAsync(10_000);
    expect(entriesOf(written).map(({ action }) => action)).toEqual(['a', 'b']);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('events of the gate', () => {
  const grant = { grantId: mintGrantId(), clientId: 'key', subject: 'ana@johnsorg', organization: 'johnsorg' } as const;

  const hearing = () => {
    const { logger } = recordedLogger();
    const emitter = new Emitter(aClock().now, logger);
    const facts: AuditFact[] = [];
    const stop = auditEvents(emitter, (fact) => facts.push(fact));
    return { emitter, facts, stop };
  };

  const owned = { clientId: 'key', target: 'ana@johnsorg', organization: 'johnsorg' };
  const issued = { ...grant, environment: 'production', scopes: ['read', 'update'], occasion: 'password' };

  it.each<[string, object, AuditFact]>([
    ['an issue', { type: 'issue', ...issued }, { action: 'issue', ...owned, detail: 'password: read update' }],
    [
      'an issue without a scope',
      { type: 'issue', ...issued, scopes: [] },
      { action: 'issue', ...owned, detail: 'password: no scope' },
    ],
    [
      'a repeat of a refresh',
      { type: 'replay', answer: 'replaced', scopes: ['read'], ...grant },
      { action: 'replay', ...owned, detail: 'replaced' },
    ],
    ['a reuse', { type: 'reuse', ...grant }, { action: 'reuse', ...owned }],
    [
      'an end',
      { type: 'revoke', because: 'password', ends: 'grants', subject: 'ana@johnsorg' },
      { action: 'revoke', target: 'ana@johnsorg', detail: 'password' },
    ],
    [
      'a refusal of a client',
      { type: 'deny', place: 'guard', status: 403, reason: 'insufficient_scope', api: 'orders', ...grant },
      { action: 'deny', ...owned, detail: 'guard 403 insufficient_scope orders' },
    ],
    [
      'a refusal outside of APIs',
      { type: 'deny', place: 'token', status: 400, reason: 'invalid_grant', clientId: 'key' },
      { action: 'deny', clientId: 'key', detail: 'token 400 invalid_grant' },
    ],
  ])('are audited for %s, without a grant id', (_what, event, fact) => {
    const { emitter, facts } = hearing();
    emitter.emit(event as GateEventFacts);
    expect(facts).toStrictEqual([fact]);
    expect(JSON.stringify(facts)).not.toContain(grant.grantId);
  });

  it.each<[string, object]>([
    ['a refusal without a client', { type: 'deny', place: 'guard', status: 401, reason: 'no_token' }],
    ['a refresh', { type: 'refresh', ...issued }],
    [
      'the end of a consent, which names no user',
      { type: 'revoke', because: 'consent', ends: 'grants', consent: 'id' },
    ],
    ['a throttled attempt', { type: 'throttle', rule: 'address', network: '192.0.2.1' }],
    ['an unavailable store', { type: 'storeAway', store: 'redis', reason: 'deadline' }],
  ])('are not audited for %s', (_what, event) => {
    const { emitter, facts } = hearing();
    emitter.emit(event as GateEventFacts);
    expect(facts).toEqual([]);
  });

  it('are audited until the listener is stopped', () => {
    const { emitter, facts, stop } = hearing();
    const reuse = { type: 'reuse', ...grant } as unknown as GateEventFacts;
    emitter.emit(reuse);
    stop();
    emitter.emit(reuse);
    expect(facts).toHaveLength(1);
  });
});
