import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import { Registry } from 'prom-client';
import request from 'supertest';
import { ConfigurationError, StoreUnavailableError, type DenyEvent, type RequestFacts } from 'scopegate';
import { readyEndpoint } from '../../src/endpoints/health';
import type { Emit } from '../../src/events/emitter';
import { ObservedRequests } from '../../src/events/request-facts';
import { UNAVAILABLE_REASONS } from '../../src/protocol/unavailability';
import { mintAccessToken, mintGrantId } from '../../src/protocol/secrets';
import { NoRoomError, OverloadError } from '../../src/throttle/overload';
import { aMadeApplication } from '../support/gate/api-gate';
import { aGate, JOHN, type TestGate } from '../support/gate/gate';
import { aGuard } from '../support/gate/guard-harness';
import { PortalVisitor } from '../support/portal/visitor';
import { ANA, servePortal } from '../support/portal/served-portal';
import { clientForm, passwordForm } from '../support/tokens/forms';
import { aTokenEndpoint } from '../support/tokens/token-endpoint-harness';

/** The reasons that a test of this file has provoked. */
const provoked = new Set<string>();

const recordedDenials = () => {
  const denials: { readonly place: string; readonly status: number; readonly reason: string }[] = [];
  const emit: Emit = (event) => {
    if (event.type !== 'deny') return;
    const { place, status, reason } = event;
    denials.push({ place, status, reason });
    provoked.add(reason);
  };
  return { denials, emit };
};

const aToken = (): string => mintAccessToken(mintGrantId()).text;

const STORE_WORDS = [
  ['ECONNREFUSED', 'store_away'],
  ['disconnected', 'store_away'],
  ['CLUSTERDOWN', 'store_away'],
  ['deadline', 'store_slow'],
  ['overloaded', 'store_slow'],
  ['BUSY', 'store_slow'],
  ['full', 'store_full'],
  ['OOM', 'store_full'],
  ['READONLY', 'store_read_only'],
  ['NOREPLICAS', 'store_read_only'],
  ['MISCONF', 'store_read_only'],
  ['NOPERM', 'store_refused'],
  ['NOAUTH', 'store_refused'],
  ['WRONGPASS', 'store_refused'],
  ['LOADING', 'store_loading'],
  ['unannounced', 'store_unannounced'],
  ['contended', 'store_contended'],
  ['corrupt', 'store_corrupt'],
  ['unexpected', 'store_corrupt'],
  ['superseded', 'superseded'],
] as const;

describe('the reason of a 503', () => {
  it.each(STORE_WORDS)('of a store that fails with %s is %s, and not in the response', async (word, reason) => {
    const { denials, emit } = recordedDenials();
    const fail = (): Promise<never> => Promise.reject(new StoreUnavailableError(word));
    const { app } = aGuard(fail, { emit });
    const guarded = await request(app).get('/guarded').set('Authorization', `Bearer ${aToken()}`);
    const issued = await aTokenEndpoint(fail, emit).post(clientForm());
    expect(denials).toEqual([
      { place: 'guard', status: 503, reason },
      { place: 'token', status: 503, reason },
    ]);
    for (const { status, body, text } of [guarded, issued]) {
      expect({ status, error: (body as { error: string }).error }).toEqual({
        status: 503,
        error: 'temporarily_unavailable',
      });
      for (const internal of [word, reason]) expect(text).not.toContain(`"${internal}`);
    }
  });

  it('of a guard that fails unexpectedly is guard_failed', async () => {
    const { denials, emit } = recordedDenials();
    const { app } = aGuard(() => Promise.reject(new TypeError('a bug')), { emit });
    await request(app).get('/guarded').set('Authorization', `Bearer ${aToken()}`).expect(503);
    expect(denials).toEqual([{ place: 'guard', status: 503, reason: 'guard_failed' }]);
  });

  it.each([
    ['users_failed', () => Promise.reject(new Error('down'))],
    ['users_deadline', () => new Promise<never>(() => undefined)],
  ] as const)('of a users function is %s', async (reason, users) => {
    const { gate, token } = aGate({ users, usersDeadline: 20 });
    const { denials, emit } = recordedDenials();
    gate.on('deny', emit);
    await token(passwordForm(JOHN)).expect(503);
    expect(denials).toEqual([{ place: 'token', status: 503, reason }]);
  });

  it.each([
    ['passwordWork', 'password_work_full'],
    ['passwordWorkPerAccount', 'password_work_share'],
    ['passwordWorkPerClient', 'password_work_share'],
    ['passwordWorkPerNetwork', 'password_work_share'],
    ['passwordWorkOfSignUps', 'password_work_share'],
  ] as const)('of a full queue for password work depends on its limit: %s is %s', (limit, reason) => {
    expect(new NoRoomError(limit).reason).toBe(reason);
    provoked.add(reason);
  });

  it('of a request that waited too long for password work is password_work_deadline', () => {
    const { reason } = new OverloadError('passwordWorkDeadline', 'queue deadline');
    expect(reason).toBe('password_work_deadline');
    provoked.add(reason);
  });

  it('of a client that is changed during the sign-in is rights_changed', async () => {
    let applicationId = '';
    const tested: TestGate = aGate({
      organizations: [],
      applications: [],
      users: async (username) => {
        await tested.gate.directory.applications.disable(applicationId);
        return { id: username };
      },
    });
    const { id, keys } = await aMadeApplication(tested, { owner: 'ana' });
    applicationId = id;
    const { denials, emit } = recordedDenials();
    tested.gate.on('deny', emit);
    await tested.token(passwordForm(['ana', 'any']), keys).expect(503);
    expect(denials).toEqual([{ place: 'token', status: 503, reason: 'rights_changed' }]);
  });

  it.each([
    ['store_evicting', { check: () => Promise.reject(new StoreUnavailableError('evicting')) }, {}],
    ['declaration_conflict', {}, { check: () => Promise.reject(new ConfigurationError([])) }],
  ])('of readiness is in the facts about the request: %s', async (reason, store, declarations) => {
    const observed = new ObservedRequests();
    const facts: RequestFacts[] = [];
    const resolved = { check: () => Promise.resolve() };
    const app = express();
    app.use((incoming, _response, next) => {
      facts.push(observed.observe(incoming));
      next();
    });
    app.use(readyEndpoint({ name: 'redis', ...resolved, ...store }, { ...resolved, ...declarations }, observed));
    await request(app).get('/').expect(503);
    expect(facts).toEqual([{ reason }]);
    provoked.add(reason);
  });

  it('of a page of the portal is emitted and counted like that of an endpoint', async () => {
    const registry = new Registry();
    const users = (): Promise<never> => Promise.reject(new Error('down'));
    const portal = await servePortal({ users, organizations: [], applications: [], metrics: registry });
    const events: DenyEvent[] = [];
    portal.gate.on('deny', (event) => events.push(event));
    const answer = await new PortalVisitor(portal).submit('/sign-in', '/sign-in', ANA);
    expect(answer.status).toBe(503);
    expect(answer.text).not.toContain('users_failed');
    expect(events).toMatchObject([{ place: 'portal', status: 503, reason: 'users_failed' }]);
    expect(await registry.metrics()).toContain(
      'scopegate_denied_total{place="portal",status="503",reason="users_failed"} 1',
    );
  });
});

describe('the reasons of a 503', () => {
  it('are all provoked by the tests above', () => {
    expect([...provoked].sort()).toEqual([...UNAVAILABLE_REASONS].sort());
  });

  it('are all described in docs/errors.md, with those of the example gateway', () => {
    const page = readFileSync(join(__dirname, '../../docs/errors.md'), 'utf8');
    const [, section = ''] = page.split('### Reasons of a 503\n');
    const [rows = ''] = section.split('\n### ', 1);
    const described = [...rows.matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name);
    expect(described.sort()).toEqual([...UNAVAILABLE_REASONS, 'draining'].sort());
  });
});
