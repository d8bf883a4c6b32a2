import { connect } from 'node:net';
import express from 'express';
import request from 'supertest';
import type { CompiledRequirement } from '../../src/guard/requirements';
import type { AccessTokenRecord } from '../../src/tokens/records';
import { createTokenService } from '../../src/tokens/token-service';
import type { TokenStore } from '../../src/tokens/token-store';
import { MemoryTokenStore } from '../../src/stores/memory/tokens';
import { ignoreEvents } from '../support/gate/ignored-events';
import { aClock } from '../support/time/clock';
import { aGuard, aLiveToken, expresses, type FindToken } from '../support/gate/guard-harness';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { rawRequest, serve } from '../support/http/raw-http';
import { nextTurn } from '../support/time/waiting';

const now = aClock().now();
const { text: token, record: live } = aLiveToken(now);
const missingFrom = () => ['read'];
const needsRead: CompiledRequirement = {
  names: ['read'],
  isMetBy: (scopes) => scopes.includes('read'),
  missingFrom,
};
const lifetimes = { accessTokenLifetime: 1, refreshTokenLifetime: 1, grantLifetime: 1, refreshGrace: 0 };

/** A look-up through the token service, in a store that always returns this. */
const storeThatAnswers = (answer: unknown): FindToken => {
  const store: TokenStore = new MemoryTokenStore({ clock: () => now, maxGrants: 1 });
  store.find = () => answer as Promise<AccessTokenRecord>;
  return createTokenService(store, { lifetimes, clock: () => now, emit: ignoreEvents }).find;
};

const trap = new Proxy(live, {
  get: (_target, name) => {
    if (name === 'then') return undefined;
    throw undefined;
  },
});

describe('a guard whose store returns invalid records', () => {
  it('S-201 accepts the token if the store returns the requested record', async () => {
    const { app, served } = aGuard(storeThatAnswers(Promise.resolve(live)), { requirement: needsRead });
    await request(app).get('/guarded').auth(token, { type: 'bearer' }).expect(200);
    expect(served()).toBe(1);
  });

  const nonsense: readonly (readonly [name: string, answer: unknown])[] = [
    ['undefined', undefined],
    ['null', null],
    ['an empty object', {}],
    ['an empty list', []],
    ['true', true],
    ['a number', 1],
    ['a text', 'read'],
    ['a function', () => live],
    ['a record inside a list', [live]],
    ['a record for another token', aLiveToken(now).record],
    ['a record of another grant', { ...live, grantId: aLiveToken(now).record.grantId }],
    ['a record with another digest', { ...live, digest: aLiveToken(now).record.digest }],
    ['a record without scopes', { ...live, scopes: undefined }],
    ['scopes that are null', { ...live, scopes: null }],
    ['scopes that are a text', { ...live, scopes: 'read' }],
    ['scopes that are a set', { ...live, scopes: new Set(['read']) }],
    ['scopes that say yes to everything', { ...live, scopes: { includes: () => true } }],
    ['a record without expiry', { ...live, expiresAt: undefined }],
    ['an expiry that is not a number', { ...live, expiresAt: Number.NaN }],
    ['an expiry that is a text', { ...live, expiresAt: String(now + 100) }],
    ['an expiry that is a boolean', { ...live, expiresAt: true }],
    ['an expired record', { ...live, expiresAt: now }],
    ['a record that throws', trap],
  ];

  it.each(nonsense)('S-201 S-115 refuses the request on %s', async (_name, answer) => {
    for (const requirement of [undefined, needsRead]) {
      const find = storeThatAnswers(Promise.resolve(answer));
      const { app, served } = aGuard(find, requirement === undefined ? {} : { requirement });
      const refused = await request(app).get('/guarded').auth(token, { type: 'bearer' });
      expectCleanAnswer(refused, { status: [401, 503], from: 'guard' });
      expect(served()).toBe(0);
    }
  });

  it.each(nonsense.slice(0, 9))('S-201 refuses the request on %s that is not in a promise', async (_name, answer) => {
    const { app, served } = aGuard(storeThatAnswers(answer), { requirement: needsRead });
    const refused = await request(app).get('/guarded').auth(token, { type: 'bearer' });
    expectCleanAnswer(refused, { status: [401, 503], from: 'guard' });
    expect(served()).toBe(0);
  });
});

describe.each(expresses)('a guard on %s, when something throws', (_express, makeApp) => {
  const throws = (thrown: unknown) => (): never => {
    throw thrown;
  };

  /** Values that Express may treat as "continue" when they are thrown or passed to `next`. */
  const signals: readonly (readonly [name: string, thrown: unknown])[] = [
    ['undefined', undefined],
    ['null', null],
    ['0', 0],
    ['an empty text', ''],
    ['false', false],
    ['NaN', Number.NaN],
    ['"route"', 'route'],
    ['"router"', 'router'],
    ['an error', new Error('at /srv/app redis')],
    ['an error with a status', Object.assign(new Error('fine'), { status: 200, statusCode: 200 })],
  ];

  it.each(signals)(
    'S-201 S-202 refuses the request if the look-up throws or rejects with %s',
    async (_name, thrown) => {
      const finds: readonly FindToken[] = [throws(thrown), () => Promise.reject(thrown)];
      for (const find of finds) {
        const { app, served } = aGuard(find, { makeApp });
        const refused = await request(app).get('/guarded').auth(token, { type: 'bearer' });
        expectCleanAnswer(refused, { status: 503, from: 'guard', error: 'temporarily_unavailable' });
        expect(served()).toBe(0);
      }
    },
  );

  it.each(signals)('S-202 refuses the request if the requirement throws %s', async (_name, thrown) => {
    const requirement: CompiledRequirement = { names: ['read'], isMetBy: throws(thrown), missingFrom };
    const { app, served } = aGuard(async () => live, { makeApp, requirement });
    const refused = await request(app).get('/guarded').auth(token, { type: 'bearer' });
    expectCleanAnswer(refused, { status: 503, from: 'guard' });
    expect(served()).toBe(0);
  });

  it.each(signals)('S-202 runs no handler if the logger throws %s as well', async (_name, thrown) => {
    const logger = { info: throws(thrown), warn: throws(thrown), error: throws(thrown) };
    const { app, served } = aGuard(throws(thrown), { makeApp, logger });
    const status = await request(app)
      .get('/guarded')
      .auth(token, { type: 'bearer' })
      .then(
        (answer) => answer.status,
        () => 'broken off',
      );
    expect(['broken off', 503]).toContain(status);
    expect(served()).toBe(0);
  });
});

describe('a guard with a late decision', () => {
  it.each([
    ['with a record', async () => live],
    ['with nothing', async () => undefined],
    ['with an error', () => Promise.reject(new Error('late'))],
  ])('S-203 runs no handler if the client disconnects before the look-up ends %s', async (_how, answer) => {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    let asked = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const { app, served } = aGuard(async () => {
      asked();
      await ended;
      return answer();
    });
    let left = (): void => undefined;
    const hasLeft = new Promise<void>((resolve) => {
      left = resolve;
    });
    const watched = express();
    watched.use((_request, response, next) => {
      response.on('close', left);
      next();
    }, app);
    const { port } = await serve(watched);

    const socket = connect(port, '127.0.0.1');
    socket.write(rawRequest(['GET /guarded HTTP/1.1', 'Host: x', `Authorization: Bearer ${token}`]));
    await isAsked;
    socket.destroy();
    await hasLeft;
    end();
    await nextTurn();
    expect(served()).toBe(0);
  });
});
