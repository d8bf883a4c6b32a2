import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { aGate, APPLICATION, JOHN, type TestGate, type TokenBody } from '../../support/gate/gate';
import { endAtEnd } from '../../support/redis/clients';
import { fits } from '../../support/redis/connection';
import { randomPrefix } from '../../support/redis/redis';
import { SentinelSet } from '../../support/redis/sentinel';
import { nextTurn, until } from '../../support/time/waiting';
import { passwordForm } from '../../support/tokens/forms';
import { refreshed } from '../../support/tokens/refreshing';

let set: SentinelSet;
beforeAll(async () => {
  set = await SentinelSet.open();
});

jest.setTimeout(40_000); // Sentinel takes seconds for a failover

const MAJORS = [5, 6] as const;

/** A gate over Sentinel with a client of this major of ioredis, whose own detection of failovers must not be used. */
const aSentinelGate = (major: 5 | 6, overrides: { readonly deadline?: number } = {}): TestGate => {
  const options = { sentinels: [...set.sentinels], name: set.name, failoverDetector: true, lazyConnect: true };
  const client = major === 5 ? new Redis5(options) : endAtEnd(new Redis(options));
  return aGate({ redis: fits(client), prefix: randomPrefix(), ...overrides });
};

interface Acknowledged {
  readonly token: string;
  readonly at: number;
}

/** Issues tokens one after another until it is stopped. Stopping returns those that were acknowledged. */
const issueTokens = (gate: TestGate): { readonly stop: () => Promise<readonly Acknowledged[]> } => {
  const acknowledged: Acknowledged[] = [];
  let isStopped = false;
  const issueAll = async (): Promise<void> => {
    while (!isStopped) {
      const issued = await gate.gate.tokens
        .issue({ clientId: APPLICATION[0], scopes: ['read'] })
        .catch(() => undefined);
      if (issued !== undefined) acknowledged.push({ token: issued.accessToken, at: performance.now() });
      await nextTurn();
    }
  };
  const issuing = issueAll();
  const stop = async (): Promise<readonly Acknowledged[]> => {
    isStopped = true;
    await issuing;
    return acknowledged;
  };
  return { stop };
};

const isReady = async (gate: TestGate): Promise<boolean> => (await gate.get('/health/ready')).status === 200;

it.each(MAJORS)('with ioredis %d a gate starts while the first Sentinel is frozen', async (major) => {
  set.freeze(0);
  try {
    const gate = aSentinelGate(major);
    await until(() => isReady(gate));
    const { access_token: token } = await gate.signIn();
    await gate.get('/me', token).expect(200);
  } finally {
    set.thaw(0);
  }
});

/** Checks whether the changes of a gate reach this server. */
const isServedBy = async (gate: TestGate, port: number): Promise<boolean> => {
  const server = set.serverAt(port);
  const before = await server.dbsize();
  const { status } = await gate.token(passwordForm(JOHN));
  return status === 200 && (await server.dbsize()) > before;
};

describe('after a failover gates are served by the new primary, and sessions continue:', () => {
  let gates: readonly TestGate[];
  let tokens: TokenBody[];
  beforeAll(async () => {
    gates = MAJORS.map((major) => aSentinelGate(major));
    for (const gate of gates) await until(() => isReady(gate));
    tokens = await Promise.all(gates.map((gate) => gate.signIn()));
    await set.untilReplicated();
  });

  const expectServedBy = async (port: number): Promise<void> => {
    await Promise.all(gates.map((gate) => until(() => isServedBy(gate, port))));
    tokens = await Promise.all(gates.map((gate, index) => refreshed(gate, tokens[index] as TokenBody)));
    for (const [index, gate] of gates.entries()) await gate.get('/me', tokens[index]?.access_token).expect(200);
  };

  it('S-317 a primary that crashes while the first Sentinel is frozen', async () => {
    const before = await set.primaryPort();
    set.freeze(0);
    set.kill(before);
    await until(async () => (await set.primaryPort()) !== before);
    await expectServedBy(await set.primaryPort());
    set.thaw(0);
    await set.restart(before);
  });

  it('a failover that an operator starts, and the former primary gets no changes that are lost', async () => {
    const loads = gates.map((gate) => issueTokens(gate));
    await set.failOver();
    const namedAt = performance.now();
    await expectServedBy(await set.primaryPort());
    for (const [index, load] of loads.entries()) {
      const acknowledged = (await load.stop()).filter(({ at }) => at > namedAt);
      expect(acknowledged.length).toBeGreaterThan(0);
      for (const { token } of acknowledged) await gates[index]?.get('/me', token).expect(200);
    }
  });
});

// Last, because a Sentinel that has stood still for two seconds starts no failover for half a minute.
it.each(MAJORS)('with ioredis %d a gate recovers if all Sentinels hang while it starts', async (major) => {
  for (const index of set.sentinels.keys()) set.freeze(index);
  try {
    const gate = aSentinelGate(major, { deadline: 250 });
    const reasons = (): readonly unknown[] => gate.lines.map(({ fields }) => fields['reason']);
    await until(async () => !(await isReady(gate)) && reasons().includes('silent'));
    for (const index of set.sentinels.keys()) set.thaw(index);
    await until(() => isReady(gate));
  } finally {
    for (const index of set.sentinels.keys()) set.thaw(index);
  }
});
