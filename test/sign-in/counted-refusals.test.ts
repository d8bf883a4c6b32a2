import type * as argon2 from '@node-rs/argon2';
import { Registry } from 'prom-client';
import request from 'supertest';
import type { GateEvent } from 'scopegate';
import { aGate, APPLICATION, cheapPasswords, JANE, JOHN, type Pair } from '../support/gate/gate';
import { samplesOf } from '../support/gate/metrics';
import { ANA, servePortal } from '../support/portal/served-portal';
import { PortalVisitor } from '../support/portal/visitor';
import { deferred } from '../support/time/deferred';
import { until } from '../support/time/waiting';
import { passwordForm } from '../support/tokens/forms';

let isHeld = false;
const held: (() => void)[] = [];

jest.mock('@node-rs/argon2', () => {
  const actual: typeof argon2 = jest.requireActual('@node-rs/argon2');
  const hold = async (): Promise<void> => {
    if (isHeld) await new Promise<void>((resolve) => held.push(resolve));
  };
  return {
    ...actual,
    hash: async (...args: Parameters<typeof argon2.hash>) => {
      await hold();
      return actual.hash(...args);
    },
    verify: async (...args: Parameters<typeof argon2.verify>) => {
      await hold();
      return actual.verify(...args);
    },
  };
});

const releaseAll = (): void => {
  isHeld = false;
  for (const release of held.splice(0)) release();
};

afterEach(releaseAll);

/** One hash at a time, for which a request waits a moment only. */
const IMPATIENT = { ...cheapPasswords, concurrency: 1, queueDeadline: 20 };

const limitsOf = (gate: { on: (type: 'limit', listener: (event: GateEvent<'limit'>) => void) => unknown }) => {
  const events: Omit<GateEvent<'limit'>, 'at' | 'type'>[] = [];
  gate.on('limit', ({ at: _at, type: _type, ...facts }) => events.push(facts));
  return events;
};

const metricOf = async (registry: Registry): Promise<readonly string[]> =>
  samplesOf(await registry.metrics()).filter((sample) => sample.startsWith('scopegate_limited_total'));

const counted = (limit: string, times = 1): string => `scopegate_limited_total{limit="${limit}"} ${times}`;

const HERE = '192.0.2.1';

describe('a request that waits too long for a hash', () => {
  /** A gate whose only hash is held, after one sign-in. */
  const aBusyGate = async () => {
    const registry = new Registry();
    const { app, gate } = aGate({ passwords: IMPATIENT, metrics: registry });
    app.set('trust proxy', 1);
    const signIn = (user: Pair) =>
      request(app)
        .post('/token')
        .set('X-Forwarded-For', HERE)
        .auth(...APPLICATION)
        .type('form')
        .send(passwordForm(user));
    await signIn(JOHN).expect(200);
    const limits = limitsOf(gate);
    isHeld = true;
    const running = signIn(JOHN).then(({ status }) => status);
    await until(() => held.length === 1);
    return { gate, registry, limits, signIn, running };
  };

  it('at the token endpoint is 503, and counted and emitted as a limit, whether or not the user exists', async () => {
    const { limits, registry, signIn, running } = await aBusyGate();
    const texts = new Set<string>();
    for (const user of [JANE, [JANE[0], 'wrong'], ['stranger@johnsorg', 'x']] as const) {
      texts.add((await signIn(user).expect(503)).text);
    }
    expect(texts.size).toBe(1);
    const event = { limit: 'passwordWorkDeadline', network: HERE, clientId: APPLICATION[0] };
    expect(limits).toEqual([event, event, event]);
    expect(await metricOf(registry)).toEqual([counted('passwordWorkDeadline', 3)]);
    releaseAll();
    expect(await running).toBe(200);
  });

  it('for a management call is counted and emitted as a limit', async () => {
    const { gate, limits, registry, running } = await aBusyGate();
    const creating = gate.directory.users.create({
      username: 'new',
      organization: 'johnsorg',
      password: 'a password!',
    });
    await expect(creating).rejects.toMatchObject({ code: 'temporarily_unavailable' });
    expect(limits).toEqual([{ limit: 'passwordWorkDeadline' }]);
    expect(await metricOf(registry)).toEqual([counted('passwordWorkDeadline')]);
    releaseAll();
    await running;
  });

  it('at the portal is counted and emitted as a limit, for a sign-in as for a sign-up', async () => {
    const registry = new Registry();
    const portal = await servePortal(
      { passwords: IMPATIENT, metrics: registry, organizations: [], users: [{ ...ANA }], applications: [] },
      { portal: { signUp: true } },
    );
    const limits = limitsOf(portal.gate);
    const [first, second, third] = [new PortalVisitor(portal), new PortalVisitor(portal), new PortalVisitor(portal)];
    const credentials = { username: ANA.username, password: ANA.password };
    const tokens = await Promise.all([
      first.formToken('/sign-in', '/sign-in'),
      second.formToken('/sign-in', '/sign-in'),
      third.formToken('/sign-up', '/sign-up'),
    ]);
    isHeld = true;
    const running = first.post('/sign-in', { form_token: tokens[0], ...credentials });
    await until(() => held.length === 1);
    expect((await second.post('/sign-in', { form_token: tokens[1], ...credentials })).status).toBe(503);
    const account = { username: 'stranger', password: 'an invented password', again: 'an invented password' };
    expect((await third.post('/sign-up', { form_token: tokens[2], ...account })).status).toBe(503);
    expect(limits).toEqual([
      { limit: 'passwordWorkDeadline', network: '127.0.0.1' },
      { limit: 'passwordWorkDeadline', network: '127.0.0.1' },
    ]);
    expect(await metricOf(registry)).toEqual([counted('passwordWorkDeadline', 2)]);
    releaseAll();
    expect((await running).status).toBe(303);
  });
});

it('a sign-in through a users function that is refused because too many stand in line is counted and emitted', async () => {
  const registry = new Registry();
  const verifying = deferred();
  const { app, gate } = aGate({
    metrics: registry,
    organizations: [],
    applications: [{ name: 'App', consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1] }],
    users: async (username) => {
      await verifying.promise;
      return { id: username };
    },
  });
  app.set('trust proxy', 1);
  const limits = limitsOf(gate);
  const statuses: number[] = [];
  const sending = Array.from({ length: 130 }, async () => {
    const { status } = await request(app)
      .post('/token')
      .set('X-Forwarded-For', HERE)
      .auth(...APPLICATION)
      .type('form')
      .send(passwordForm(['ana', 'x']));
    statuses.push(status);
  });
  // 10 of them are being verified, one is at the head of the line, and 100 stand in it.
  await until(() => statuses.length === 19);
  expect(new Set(statuses)).toEqual(new Set([503]));
  expect(limits).toEqual(
    Array.from({ length: 19 }, () => ({ limit: 'passwordWorkPerNetwork', network: HERE, clientId: APPLICATION[0] })),
  );
  expect(await metricOf(registry)).toEqual([counted('passwordWorkPerNetwork', 19)]);
  verifying.resolve();
  await Promise.all(sending);
});
