import fc from 'fast-check';
import { grantIdIn, isGrantId, readAccessToken, readRefreshToken } from '../../src/protocol/secrets';
import { coherentStore } from '../../src/stores/coherent-store';
import { MemoryTokenStore } from '../../src/stores/memory/tokens';
import { TokenNearCache } from '../../src/stores/gate-caches';
import { printPrincipal, principalsOf, readPrincipal } from '../../src/tokens/principal';
import type { AccessTokenRecord } from '../../src/tokens/records';
import { createTokenService, type TokenService } from '../../src/tokens/token-service';
import type { TokenStore } from '../../src/tokens/token-store';
import { aClock, type TestClock } from '../support/time/clock';
import { ignoreEvents } from '../support/gate/ignored-events';
import { APPLICATION } from '../support/gate/gate';
import { nextTurn } from '../support/time/waiting';
import { assertProperty, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

const RUNS = 1_000;
const GATES = [0, 1];
const GRANTS = [0, 1];
const lifetimes = { accessTokenLifetime: 60, refreshTokenLifetime: 600, grantLifetime: 600, refreshGrace: 10 };
const rights = { scopes: ['read'], subscriptions: [] };

type Step =
  | {
      readonly kind: 'look' | 'refresh' | 'revoke' | 'revokeAccess' | 'revokeAll';
      readonly gate: number;
      readonly which: number;
    }
  | { readonly kind: 'hear' | 'lapse' | 'regain' | 'doubt' | 'blink'; readonly gate: number }
  | { readonly kind: 'move'; readonly which: number }
  | { readonly kind: 'wait' };

const anyGate = fc.constantFrom(...GATES);
const anyOne = fc.nat({ max: 7 });
const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('look' as const), gate: anyGate, which: anyOne }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('move' as const), which: anyOne }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('hear' as const), gate: anyGate }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refresh' as const), gate: anyGate, which: anyOne }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('revoke' as const, 'revokeAccess' as const, 'revokeAll' as const),
      gate: anyGate,
      which: anyOne,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('lapse' as const, 'doubt' as const), gate: anyGate }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('regain' as const, 'blink' as const), gate: anyGate }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'wait' as const }) },
);

interface Node {
  readonly cache: TokenNearCache;
  readonly tokens: TokenService;
  /** Announcements that have not arrived yet, in order. */
  readonly announced: string[];
  /** The latest end of tokens that was acknowledged here. */
  readonly acknowledged: Map<string, number>;
  isCoherent: boolean;
}

interface Issued {
  readonly text: string;
  readonly record: Pick<AccessTokenRecord, 'grantId' | 'digest'>;
}

/** True if an announcement concerns a grant. All grants are of one client, whose epoch may be replaced. */
const concerns = (announced: string, grantId: string): boolean => announced === grantId || !isGrantId(announced);

/** Two gates and what they share. Every question and every answer waits until it is moved on. */
class World {
  readonly clock: TestClock = aClock();
  readonly store = new MemoryTokenStore({ clock: this.clock.now, maxGrants: 100 });
  readonly nodes: readonly Node[] = GATES.map(() => this.#node());
  readonly issued: Issued[] = [];
  readonly refreshTokens: string[] = [];
  readonly faults: string[] = [];
  hits = 0;
  #waiting: (() => void)[] = [];

  async begin(): Promise<void> {
    const { issue } = createTokenService(this.store, { lifetimes, clock: this.clock.now, emit: ignoreEvents });
    for (const _ of GRANTS) {
      const order = { clientId: APPLICATION[0], environment: 'production', ...rights } as const;
      const pair = await issue({ ...order, occasion: 'password', refreshToken: 'issue' }, async () => true);
      this.refreshTokens.push(pair.refreshToken ?? '');
      this.#add(pair.accessToken);
    }
  }

  move(index: number): void {
    const [go] = this.#waiting.splice(index % Math.max(1, this.#waiting.length), 1);
    go?.();
  }

  async end(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.move(0);
      await nextTurn();
    }
  }

  /** The last thing that is known here to have become of a token must be what a look that begins now is answered. */
  async look(at: number, index: number): Promise<void> {
    const [node, token] = [this.#at(at), this.issued[index % this.issued.length]];
    if (node === undefined || token === undefined) return;
    const { grantId, digest } = token.record;
    const present = await this.store.find(grantId, digest);
    const isTold = !node.isCoherent || !node.announced.some((announced) => concerns(announced, grantId));
    const latest = node.acknowledged.get(token.text) ?? Infinity;
    void node.tokens.find(token.text).then((found) => {
      if (found === undefined) return;
      if (found.expiresAt > latest) this.faults.push('a look answered what was acknowledged to have ended');
      if (!isTold) return;
      if (present === undefined)
        this.faults.push('a look answered a token that was known to have ended before it began');
      else if (found.expiresAt > present.expiresAt)
        this.faults.push('a look answered a respite that was known to be cut');
    });
  }

  refresh(at: number, index: number): void {
    const node = this.#at(at);
    const place = index % GRANTS.length;
    const before = this.issued.filter(({ record }) => record.grantId === this.issued[place]?.record.grantId);
    const refreshToken = this.refreshTokens[place] ?? '';
    let isRepeat = false;
    void node?.tokens
      .refresh({ refreshToken, clientId: APPLICATION[0], requested: {} }, async ({ digest }) => {
        isRepeat = digest !== readRefreshToken(refreshToken)?.digest;
        return { access: rights, grant: rights.scopes };
      })
      .then((pair) => {
        if (!isRepeat) this.#acknowledge(node, before, this.clock.now() + lifetimes.refreshGrace);
        this.refreshTokens[place] = pair.refreshToken ?? '';
        this.#add(pair.accessToken);
      })
      .catch(() => undefined);
  }

  revoke(at: number, index: number, what: 'revoke' | 'revokeAccess' | 'revokeAll'): void {
    const [node, token] = [this.#at(at), this.issued[index % this.issued.length]];
    if (node === undefined || token === undefined) return;
    const { grantId } = token.record;
    const isRevoke = what === 'revoke';
    const concerned = this.issued.filter(({ record }) => !isRevoke || record.grantId === grantId);
    const client = { clientId: APPLICATION[0] };
    const end = {
      revoke: () => node.tokens.revokeGrant(grantId, 'request'),
      revokeAccess: () => node.tokens.revokeAccess(client, 'roles'),
      revokeAll: () => node.tokens.revokeAll(client, 'management'),
    };
    const ended = end[what]();
    void ended.then(() => this.#acknowledge(node, concerned, 0));
  }

  hear(at: number): void {
    const node = this.#at(at);
    const announced = node?.announced.shift();
    if (announced === undefined) return;
    const principal = readPrincipal(announced);
    if (principal === undefined) node?.cache.evict(announced);
    else node?.cache.evictAllOf(principal);
  }

  /** The proof has expired: no message arrived, and announcements in the meantime may be lost. */
  lapse(at: number): void {
    const node = this.#at(at);
    if (node === undefined) return;
    node.isCoherent = false;
    node.announced.splice(0);
  }

  doubt(at: number): void {
    this.lapse(at);
    this.#at(at)?.cache.flush();
  }

  regain(at: number): void {
    const node = this.#at(at);
    if (node === undefined || node.isCoherent) return;
    node.announced.splice(0);
    node.cache.flush();
    node.isCoherent = true;
    for (const { text } of this.issued) {
      if (node.cache.peek(text) !== undefined) this.faults.push('something was kept across a doubt');
    }
  }

  /** A link that is cut and restored before anything in flight has ended. */
  blink(at: number): void {
    this.lapse(at);
    this.regain(at);
  }

  /** A record that is not what the store has is in a cache only as long as its announcement is on the way. */
  async check(): Promise<void> {
    for (const node of this.nodes) {
      for (const { text, record } of this.issued) {
        const kept = node.tokens.peek(text);
        if (kept === undefined) continue;
        this.hits += 1;
        if (!node.isCoherent) this.faults.push('a cache answered while it was not coherent');
        const latest = node.acknowledged.get(text) ?? Infinity;
        if (kept.expiresAt > latest) this.faults.push('a cache kept what was acknowledged to have ended');
        const present = await this.store.find(record.grantId, record.digest);
        if (present?.expiresAt === kept.expiresAt) continue;
        if (!node.announced.some((announced) => concerns(announced, record.grantId)))
          this.faults.push('a cache kept what it was told has changed');
      }
    }
  }

  #at(index: number): Node | undefined {
    return this.nodes[index];
  }

  #add(text: string): void {
    const record = readAccessToken(text);
    if (record !== undefined) this.issued.push({ text, record });
  }

  #acknowledge(node: Node, tokens: readonly Issued[], latest: number): void {
    for (const { text } of tokens) {
      node.acknowledged.set(text, Math.min(latest, node.acknowledged.get(text) ?? Infinity));
    }
  }

  /** Does something at the store after a while, and lets it be known after another. */
  async #slowly<T>(act: () => Promise<T>): Promise<T> {
    await this.#turn();
    const answer = await act();
    await this.#turn();
    return answer;
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #announce(change: string): void {
    for (const node of this.nodes) node.announced.push(change);
  }

  #node(): Node {
    const cache = new TokenNearCache({
      maxEntries: 100,
      maxAge: 60,
      groupOf: grantIdIn,
      tagsOf: (record) => principalsOf(record).map(printPrincipal),
      isCoherent: () => node.isCoherent,
      isValid: ({ expiresAt }) => expiresAt > this.clock.now(),
      sizeOf: () => 1,
    });
    const changing = <T>(change: string, act: () => Promise<T>): Promise<T> =>
      this.#slowly(async () => {
        const answer = await act();
        this.#announce(change);
        return answer;
      });
    const { store } = this;
    const slow: TokenStore = {
      save: (...records) => this.#slowly(() => store.save(...records)),
      find: (...asked) => this.#slowly(() => store.find(...asked)),
      heldAccess: (grantId) => this.#slowly(() => store.heldAccess(grantId)),
      heldRefresh: (grantId) => this.#slowly(() => store.heldRefresh(grantId)),
      findRefresh: (grantId) => this.#slowly(() => store.findRefresh(grantId)),
      rotate: (rotation) => changing(rotation.refresh.grantId, () => store.rotate(rotation)),
      revokeGrant: (grantId) => changing(grantId, () => store.revokeGrant(grantId)),
      revokeAccess: (grantId) => changing(grantId, () => store.revokeAccess(grantId)),
      invalidate: (grantId) => changing(grantId, () => store.invalidate()),
      replaceEpoch: (principal, ends) => changing(printPrincipal(principal), () => store.replaceEpoch(principal, ends)),
      grantsOf: store.grantsOf.bind(store),
      freeEnded: () => this.#slowly(() => store.freeEnded()),
    };
    const services = { lifetimes, clock: this.clock.now, emit: ignoreEvents, cache };
    const tokens = createTokenService(coherentStore(slow, cache), services);
    const node: Node = { cache, tokens, announced: [], acknowledged: new Map(), isCoherent: true };
    return node;
  }
}

const take = async (world: World, step: Step): Promise<void> => {
  switch (step.kind) {
    case 'look':
      return world.look(step.gate, step.which);
    case 'refresh':
      return world.refresh(step.gate, step.which);
    case 'revoke':
    case 'revokeAccess':
    case 'revokeAll':
      return world.revoke(step.gate, step.which, step.kind);
    case 'move':
      return world.move(step.which);
    case 'wait':
      return world.clock.advance(12);
    default:
      return world[step.kind](step.gate);
  }
};

test('S-222 S-324 in any order of events, no gate trusts an entry whose invalidation it has received', async () => {
  let hits = 0;
  const property = fc.asyncProperty(fc.array(aStep, { minLength: 20, maxLength: 120 }), async (steps) => {
    const world = new World();
    await world.begin();
    for (const step of steps) {
      await take(world, step);
      await nextTurn();
      await world.check();
      expect(world.faults).toEqual([]);
    }
    await world.end();
    await world.check();
    expect(world.faults).toEqual([]);
    await world.store.close();
    hits += world.hits;
  });
  await assertProperty(property, { numRuns: RUNS });
  expect(hits).toBeGreaterThan(RUNS); // or nothing was ever cached
});
