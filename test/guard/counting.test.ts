import { connect } from 'node:net';
import express from 'express';
import request from 'supertest';
import { StoreUnavailableError, type DenyEvent } from 'scopegate';
import { ObservedRequests } from '../../src/events/request-facts';
import { Admission } from '../../src/guard/admission';
import type { GuardServices } from '../../src/guard/guard';
import { resourcePolicy } from '../../src/guard/policies';
import { createRefusals } from '../../src/guard/refusals';
import { RequestCounter } from '../../src/guard/request-counter';
import type { Counted, Quotas } from '../../src/quotas/quotas';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { recordedLogger } from '../support/gate/gate';
import { aGuard, aLiveToken, expresses } from '../support/gate/guard-harness';
import { uncounted } from '../support/gate/uncounted';
import { rawRequest, serve } from '../support/http/raw-http';
import { deferred } from '../support/time/deferred';
import { nextTurn } from '../support/time/waiting';

const admitted: Counted = { isAdmitted: true, remaining: 7, resetAfter: 9, retryAfter: 0 };
const subscriber = { id: 'application' };

const publicLimit = (() => {
  const access = { kind: 'public' } as const;
  const limit = { requests: 1, per: 86_400, by: 'address' } as const;
  const { limitExceeded } = createRefusals({ realm: 'orders' });
  const policy = resourcePolicy(
    { name: 'orders', context: '/orders' },
    { path: '/', methods: ['GET'], access, limit },
    limitExceeded,
  );
  if (policy === undefined) throw new Error('the resource has no limit');
  return policy;
})();

/** Quotas of which only `count` is used. */
const quotasThat = (count: Quotas['count']): Quotas => ({
  count,
  countPublic: count,
  peekRefusal: () => undefined,
  findFreshUsage: async () => admitted,
});

const counterOf = (count: Quotas['count'], find = async (): Promise<typeof subscriber | undefined> => subscriber) =>
  new RequestCounter({ quotas: quotasThat(count), subscribers: { peek: () => undefined, find } });

const open = (counter: GuardServices['counter'], makeApp?: (typeof expresses)[number][1]) => {
  const { text, record } = aLiveToken(1_000);
  const denied: Partial<DenyEvent>[] = [];
  const { logger, lines } = recordedLogger();
  const { app, served } = aGuard(async () => record, {
    counter,
    logger,
    emit: (event) => void denied.push(event as DenyEvent),
    ...(makeApp === undefined ? {} : { makeApp }),
  });
  return { get: () => request(app).get('/guarded').auth(text, { type: 'bearer' }), served, denied, lines, app };
};

describe.each(expresses)('a guard that counts, in %s', (_name, makeApp) => {
  test('lets a request through when it has been counted, at whatever time', async () => {
    const keys: string[] = [];
    const count: Quotas['count'] = (key) => {
      keys.push(key);
      return Promise.resolve(admitted);
    };
    const { get, served } = open(counterOf(count), makeApp);
    const answer = await get().expect(200);
    expect(answer.headers).toMatchObject({ ratelimit: '"daily";r=7;t=9', 'ratelimit-policy': '"daily";q=1;w=86400' });
    expect([served(), keys]).toEqual([1, ['plan application production orders']]);
  });

  test.each<[what: string, reason: string, counter: GuardServices['counter']]>([
    ['the store is away', 'store_away', counterOf(() => Promise.reject(new StoreUnavailableError('away')))],
    ['too many wait', 'store_slow', counterOf(() => Promise.reject(new StoreUnavailableError('overloaded')))],
    [
      'the application cannot be read',
      'store_away',
      counterOf(
        () => admitted,
        () => Promise.reject(new StoreUnavailableError('away')),
      ),
    ],
    ['counting fails', 'guard_failed', { ...uncounted, count: () => Promise.reject(new Error('defect')) }],
    [
      'counting throws',
      'guard_failed',
      {
        ...uncounted,
        count: () => {
          throw new Error('defect');
        },
      },
    ],
  ])('refuses with 503 if %s', async (_what, reason, counter) => {
    const { get, served, denied } = open(counter, makeApp);
    expectCleanAnswer(await get(), { status: 503, from: 'guard', error: 'temporarily_unavailable' });
    expect([served(), denied]).toEqual([0, [expect.objectContaining({ status: 503, reason })]]);
  });

  test('refuses the token of an application that does not exist', async () => {
    const { get, served, denied } = open(
      counterOf(
        () => admitted,
        async () => undefined,
      ),
      makeApp,
    );
    expectCleanAnswer(await get(), { status: 401, from: 'guard', error: 'invalid_token' });
    expect([served(), denied]).toEqual([0, [expect.objectContaining({ status: 401, reason: 'invalid_token' })]]);
  });

  test('allows no request when describing the allowance throws undefined', async () => {
    const { text, record } = aLiveToken(1_000);
    const broken = makeApp();
    broken.use((_request, response, next) => {
      const setHeader = response.setHeader.bind(response);
      response.setHeader = (name, value) => {
        // oxlint-disable-next-line no-throw-literal, only-throw-error -- what a broken host application may do
        if (name.startsWith('RateLimit')) throw undefined;
        return setHeader(name, value);
      };
      next();
    });
    const { app, served } = aGuard(async () => record, { counter: counterOf(() => admitted), makeApp: () => broken });
    await expect(request(app).get('/guarded').auth(text, { type: 'bearer' })).rejects.toThrow('socket hang up');
    expect(served()).toBe(0);
  });
});

describe('a request that was counted late', () => {
  const { text, record } = aLiveToken(1_000);

  /** An app whose guard counts when the test lets it. */
  const held = (isPublic: boolean) => {
    const [asked, counted] = [deferred(), deferred<Counted>()];
    const counter = counterOf(() => {
      asked.resolve();
      return counted.promise;
    });
    const { app, served } = aGuard(async () => record, { counter });
    let servedPublic = 0;
    const services = { counter, observed: new ObservedRequests(), emit: () => undefined };
    const limited = express().get(
      '/guarded',
      new Admission(services).limitPublic(publicLimit),
      (_request, response) => {
        servedPublic += 1;
        response.json({});
      },
    );
    return { app: isPublic ? limited : app, asked, counted, served: isPublic ? () => servedPublic : served };
  };

  test.each([
    ['guarded', false],
    ['public', true],
  ])('S-203 is not served if its client has disconnected meanwhile: a %s resource', async (_kind, isPublic) => {
    const { app, asked, counted, served } = held(isPublic);
    const closed = deferred();
    const watched = express().use((_request, response, next) => {
      response.on('close', closed.resolve);
      next();
    }, app);
    const { port } = await serve(watched);
    const socket = connect(port, '127.0.0.1');
    socket.write(rawRequest(['GET /guarded HTTP/1.1', 'Host: x', `Authorization: Bearer ${text}`]));
    await asked.promise;
    socket.destroy();
    await closed.promise;
    counted.resolve(admitted);
    await nextTurn();
    expect(served()).toBe(0);
  });

  test.each([
    ['guarded', false],
    ['public', true],
  ])('is not served if the host application has answered it meanwhile: a %s resource', async (_kind, isPublic) => {
    const { app, asked, counted, served } = held(isPublic);
    const answering = express().use((_request, response, next) => {
      void asked.promise.then(() => response.status(504).end());
      next();
    }, app);
    await request(answering).get('/guarded').auth(text, { type: 'bearer' }).expect(504);
    counted.resolve(admitted);
    await nextTurn();
    expect(served()).toBe(0);
  });
});
