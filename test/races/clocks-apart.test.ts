import { InProcessGate, type Declarations, type InProcessScope } from '../support/gate/in-process-gate';
import type { Pair } from '../support/gate/gate';
import { randomPrefix, testRedis } from '../support/redis/redis';
import { aClock } from '../support/time/clock';
import { refreshForm } from '../support/tokens/forms';

// Some 20 checks for each of 500 endings: the time-out ends what hangs, not what a busy machine slows.
jest.setTimeout(240_000);

const CHECKS = 10_000;
const OFF_SECONDS = 25 * 3_600; // more than a refresh token lives
const declarations: Declarations = { organizations: [{ key: 'base' }] };

type GateName = 'punctual' | 'ahead' | 'behind';
type Gates = ReadonlyMap<GateName, InProcessGate>;

const openGates = async (): Promise<Gates> => {
  const shared = { redis: await testRedis(), prefix: randomPrefix() };
  const { now } = aClock();
  const clocks = { punctual: now, ahead: () => now() + OFF_SECONDS, behind: () => now() - OFF_SECONDS };
  const names: readonly GateName[] = ['punctual', 'ahead', 'behind'];
  const opening = names.map(
    async (name) => [name, await InProcessGate.open({ ...shared, clock: clocks[name] }, declarations)] as const,
  );
  return new Map(await Promise.all(opening));
};

/** A user and an application that only one round uses. */
interface Round {
  readonly user: string;
  readonly organization: string;
  readonly application: string;
  readonly client: Pair;
  readonly secretId: string;
}

const create = async ({ gate }: InProcessGate, number: number): Promise<Round> => {
  const { organizations, users, applications } = gate.directory;
  const organization = `org-${number}`;
  await organizations.create({ key: organization });
  await users.create({ username: 'ann', organization, password: 'correct-horse-1', roles: ['clerk'] });
  const { id } = await applications.create({ name: 'Orders app', owner: `ann@${organization}` });
  const keys = await applications.generateKeys(id, { environment: 'production' });
  const client: Pair = [keys.clientId, keys.clientSecret];
  return { user: `ann@${organization}`, organization, application: id, client, secretId: keys.secretId };
};

interface Issued {
  readonly by: GateName;
  readonly accessToken: string;
  readonly refreshToken?: string;
}

const SCOPES: readonly InProcessScope[] = ['read', 'update'];

const issue = async (by: GateName, { gate }: InProcessGate, { user, client }: Round): Promise<readonly Issued[]> => {
  const [clientId] = client;
  const forUser = await gate.tokens.issue({ clientId, subject: user, scopes: SCOPES });
  const forItself = await gate.tokens.issue({ clientId, scopes: SCOPES });
  return [forUser, forItself].map((issued) => ({ by, ...issued }));
};

interface Way {
  readonly what: string;
  readonly ends: 'grants' | 'access tokens';
  /** The owner whose tokens end. */
  readonly of: 'user' | 'client';
  readonly end: (gate: InProcessGate['gate'], round: Round) => Promise<unknown>;
}

/** The ways to end tokens by owner; those that disable enable again, so that only the ending can refuse. */
const WAYS: readonly Way[] = [
  {
    what: 'tokens.revoke({ user })',
    ends: 'grants',
    of: 'user',
    end: ({ tokens }, { user }) => tokens.revoke({ user }),
  },
  {
    what: 'tokens.revoke({ clientId })',
    ends: 'grants',
    of: 'client',
    end: ({ tokens }, { client: [clientId] }) => tokens.revoke({ clientId }),
  },
  {
    what: 'users.setPassword',
    ends: 'grants',
    of: 'user',
    end: ({ directory }, { user }) => directory.users.setPassword(user, 'correct-horse-2'),
  },
  {
    what: 'users.disable',
    ends: 'grants',
    of: 'user',
    end: async ({ directory: { users } }, { user }) => {
      await users.disable(user);
      await users.enable(user);
    },
  },
  {
    what: 'applications.disable',
    ends: 'grants',
    of: 'client',
    end: async ({ directory: { applications } }, { application }) => {
      await applications.disable(application);
      await applications.enable(application);
    },
  },
  {
    what: 'applications.revokeSecret',
    ends: 'grants',
    of: 'client',
    end: async ({ directory: { applications } }, { application, client: [, clientSecret], secretId }) => {
      await applications.revokeSecret(application, secretId);
      await applications.generateKeys(application, { environment: 'production', clientSecret });
    },
  },
  {
    what: 'organizations.disable',
    ends: 'grants',
    of: 'client',
    end: async ({ directory: { organizations } }, { organization }) => {
      await organizations.disable(organization);
      await organizations.enable(organization);
    },
  },
  {
    what: 'users.setRoles',
    ends: 'access tokens',
    of: 'user',
    end: ({ directory }, { user }) => directory.users.setRoles(user, []),
  },
  {
    what: 'applications.setScopes',
    ends: 'access tokens',
    of: 'client',
    end: ({ directory }, { application }) => directory.applications.setScopes(application, ['read']),
  },
];

/** Sends what was ended to every gate. @returns a sentence for each check, and whether it was accepted */
const check = async (gates: Gates, ended: readonly Issued[], { ends }: Way, { client }: Round) => {
  const checks: { readonly what: string; readonly isAccepted: boolean }[] = [];
  for (const [name, gate] of gates) {
    for (const { by, accessToken, refreshToken } of ended) {
      const used = await gate.use(accessToken);
      checks.push({ what: `access token of the gate ${by}, at the gate ${name}`, isAccepted: used.status === 200 });
      expect([200, 401]).toContain(used.status);
      if (ends !== 'grants' || refreshToken === undefined) continue;
      const { status } = await gate.post('/token', refreshForm(refreshToken), client);
      checks.push({ what: `refresh token of the gate ${by}, at the gate ${name}`, isAccepted: status === 200 });
      expect([200, 400]).toContain(status);
    }
  }
  return checks;
};

it('gates whose clocks are 25 hours apart accept nothing that one of them has ended, in 10,000 checks', async () => {
  const gates = await openGates();
  const names = [...gates.keys()];
  const wrong: string[] = [];
  let checked = 0;
  for (let number = 0; checked < CHECKS; number += 1) {
    const way = WAYS[number % WAYS.length];
    const ending = names[Math.floor(number / WAYS.length) % names.length];
    if (way === undefined || ending === undefined) break;
    const at = (name: GateName) => gates.get(name) ?? Promise.reject(new Error(`no gate ${name}`));
    const round = await create(await at(ending), number);
    // Every gate is sometimes the last, whose clock decides what is removed from an index as expired.
    const order = names.map((_, index) => names[(index + number) % names.length]).filter((name) => name !== undefined);
    const issued: Issued[] = [];
    for (const name of order) issued.push(...(await issue(name, await at(name), round)));
    for (const { by, accessToken } of issued) expect((await (await at(by)).use(accessToken)).status).toBe(200);

    await way.end((await at(ending)).gate, round);
    await Promise.all([...gates.values()].map((gate) => gate.catchUp()));
    const ended = issued.filter(({ refreshToken }) => way.of === 'client' || refreshToken !== undefined);
    const checks = await check(gates, ended, way, round);
    checked += checks.length;
    const accepted = checks.filter(({ isAccepted }) => isAccepted);
    wrong.push(...accepted.map(({ what }) => `${way.what} at the gate ${ending}: accepted the ${what}`));
  }
  await Promise.all([...gates.values()].map((gate) => gate.close()));
  expect(checked).toBeGreaterThanOrEqual(CHECKS);
  expect(wrong.slice(0, 10)).toEqual([]);
});
