import type { AuditFact } from '../../src/audit/audit-log';
import { PendingFacts } from '../../src/audit/pending-facts';

const noted = (facts: Iterable<AuditFact>) => {
  const pending = new PendingFacts();
  let at = 0;
  for (const fact of facts) pending.add(fact, (at += 1));
  return pending;
};

const many = (count: number, factOf: (index: number) => AuditFact): readonly AuditFact[] =>
  Array.from({ length: count }, (_, index) => factOf(index));

/** How often something happened, by who caused it. */
const countsOf = (pending: PendingFacts) => {
  const counts = new Map<string, number>();
  for (const { entry, count } of pending.all()) {
    const who = entry.actor ?? entry.network ?? entry.clientId ?? '';
    counts.set(who, (counts.get(who) ?? 0) + count);
  }
  return counts;
};

const create =
  (actor: string) =>
  (index: number): AuditFact => ({ action: 'create', actor, target: `t${index}` });

describe('pending facts of the audit', () => {
  it('are kept individually while there is room', () => {
    const pending = noted(many(500, create('eve')));
    expect(pending.all()).toHaveLength(500);
    expect(pending.all()[0]?.entry).toMatchObject({ at: 1, action: 'create', actor: 'eve', target: 't0' });
  });

  it('of one actor are merged into one entry with a count when there are too many, and none is lost', () => {
    const pending = noted(many(10_000, create('eve')));
    expect(pending.size).toBe(501);
    expect(pending.all().at(-1)).toMatchObject({ entry: { action: 'create', actor: 'eve' }, count: 9_500 });
    expect(pending.all().at(-1)?.entry).not.toHaveProperty('target');
    expect(pending.dropped).toBe(0);
  });

  it('of other actors are kept whole, whatever one actor does before or between them', () => {
    const eve = create('eve');
    const others = many(200, (index) => ({ action: 'sign_in', actor: `u${index}` }));
    const pending = noted([
      ...many(5_000, eve),
      ...others.slice(0, 100),
      ...many(5_000, (index) => eve(5_000 + index)),
      ...others.slice(100),
    ]);
    const kept = pending.all().map(({ fact }) => fact);
    for (const fact of others) expect(kept).toContainEqual(fact);
    expect(countsOf(pending).get('eve')).toBe(10_000);
    expect(pending.dropped).toBe(0);
  });

  it('of several flooding actors share the room', () => {
    const floods = ['eve', 'mallory', 'trudy'].map(create);
    const pending = noted(many(6_000, (index) => floods[index % 3]?.(index) ?? { action: '' }));
    const whole = pending.all().filter(({ fact }) => fact.target !== undefined);
    for (const actor of ['eve', 'mallory', 'trudy']) {
      expect(whole.filter(({ fact }) => fact.actor === actor).length).toBeGreaterThan(160);
      expect(countsOf(pending).get(actor)).toBe(2_000);
    }
  });

  it('of more actors than there is room for are counted as dropped', () => {
    const pending = noted(many(3_000, (index) => ({ action: 'sign_in', actor: `u${index}` })));
    expect(pending.size).toBe(1_000);
    expect(pending.dropped).toBe(2_000);
  });

  it('of one organization are never counted with those of another', () => {
    const pending = noted([
      ...many(600, (index) => ({ ...create('eve')(index), organization: 'acme' })),
      ...many(600, (index) => ({ ...create('eve')(index), organization: 'other' })),
    ]);
    for (const organization of ['acme', 'other']) {
      const ofIt = pending.all().filter(({ fact }) => fact.organization === organization);
      expect(ofIt.reduce((sum, { count }) => sum + count, 0)).toBe(600);
    }
  });

  it('about failed sign-ins from one network are counted together, however many names they try', () => {
    const pending = noted(
      many(5_000, (index) => ({ action: 'sign_in_failed', network: '192.0.2.1', target: `name${index}` })),
    );
    expect(pending.all().at(-1)).toMatchObject({ entry: { network: '192.0.2.1' }, count: 4_500 });
  });
});
