import express from 'express';
import fc from 'fast-check';
import request from 'supertest';
import type { Requirement } from 'scopegate';
import { aClock } from '../support/time/clock';
import { onRedis } from '../support/stores/every-store';
import {
  anExplainedGate,
  APP,
  LISTING,
  NARROW,
  OUTSIDER,
  SANDBOX,
  type ExplainedScope,
} from '../support/gate/explained-gate';
import { JANE, JOHN, type TokenBody } from '../support/gate/gate';
import { rawRequest, sendRaw, serve } from '../support/http/raw-http';
import { clientForm, refreshForm } from '../support/tokens/forms';
import { aForgery } from '../support/tokens/tokens';
import { assertProperty, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

const SCOPES: readonly ExplainedScope[] = ['read', 'update', 'count', 'audit'];

/** A gate that is served, and tokens of every kind and state, made once. */
const furnished = async () => {
  const clock = aClock();
  const tested = anExplainedGate({ ...(await onRedis()), clock: clock.now });
  const { signIn, token, gate } = tested;
  const tokens: string[] = ['nonsense', 'sga_', 'Bearer', 'a==', aForgery()];
  const spent = await signIn('read update');
  await token(refreshForm(spent.refresh_token)).expect(200);
  tokens.push(spent.access_token, spent.refresh_token);
  clock.advance(11); // what was replaced is replaced for good
  for (const credentials of [APP, SANDBOX, NARROW, LISTING, OUTSIDER]) {
    for (const scope of ['', 'read', 'update count', 'read update count audit']) {
      for (const user of [JOHN, JANE]) tokens.push((await signIn(scope, credentials, user)).access_token);
      const form = clientForm(...(scope === '' ? [] : [scope]));
      tokens.push(((await token(form, credentials).expect(200)).body as TokenBody).access_token);
    }
  }
  for (const resource of ['orders', 'orders/archive', 'stock'].map((context) => `http://127.0.0.1/${context}`)) {
    tokens.push((await gate.tokens.issue({ clientId: LISTING[0], resource })).accessToken);
  }
  const revoked = await signIn('read');
  await gate.tokens.revoke({ token: revoked.access_token });
  const [live = ''] = tokens.slice(-1);
  tokens.push(revoked.access_token, revoked.refresh_token, `${live}x`, live.slice(1), live.toLowerCase());
  return { ...tested, tokens };
};

let gate: Awaited<ReturnType<typeof furnished>>;
let port: number;
beforeAll(async () => {
  gate = await furnished();
  ({ port } = await serve(gate.app));
});

const segment = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('orders', 'archive', 'stock', 'open', 'any', 'lines', '1', '1999', '') },
  fc.constantFrom('%2e', '..', '%41', 'a%20b', 'a;b', 'a@b', '%F0%9F%98%80', '%ff', '%2F', 'ORDERS:', '~'),
);
const path = fc
  .oneof(
    {
      weight: 3,
      arbitrary: fc.tuple(fc.constantFrom('orders', 'orders/archive', 'stock'), fc.array(segment, { maxLength: 2 })),
    },
    fc.tuple(fc.constantFrom('x', 'order', 'orders-', ''), fc.array(segment, { maxLength: 3 })),
  )
  .map(([first, rest]) => `/${[first, ...rest].join('/')}`);
const query = fc.constantFrom('', '?', '?a=b', '?a=/../b');
const method = fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS');

const rule: fc.Arbitrary<Requirement<ExplainedScope>> = fc.letrec<{ rule: Requirement<ExplainedScope> }>((tie) => {
  const list = fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) as unknown as fc.Arbitrary<
    [Requirement<ExplainedScope>]
  >;
  return {
    rule: fc.oneof(
      { maxDepth: 2 },
      fc.constantFrom(...SCOPES),
      list.map((allOf) => ({ allOf })),
      list.map((anyOf) => ({ anyOf })),
    ),
  };
}).rule;

const someToken = fc.nat().map((index) => gate.tokens[index % gate.tokens.length] ?? '');

/** The word of a refusal, from the body of the guard that wrote it. */
const WORDS: Readonly<Record<number, string>> = { 404: 'not_found', 405: 'method_not_allowed' };

describe('an explanation agrees with what the guard answers', () => {
  it('for any token and any request, to a declared API or none', async () => {
    const seen = new Set<number>();
    const property = fc.asyncProperty(someToken, method, path, query, async (token, asked, at, search) => {
      const target = at + search;
      const lines = [
        `${asked} ${target} HTTP/1.1`,
        'Host: gateway',
        'Connection: close',
        `Authorization: Bearer ${token}`,
      ];
      const real = await sendRaw(port, rawRequest(lines));
      const explained = await gate.gate.explain(token, { method: asked, path: target });
      seen.add(real.status);
      expect([explained.status, explained.allowed]).toEqual([real.status, real.status === 200]);
      const word = WORDS[real.status];
      if (word !== undefined) expect(explained.reason).toBe(word);
      if (real.status === 401) expect(explained.reason).toMatch(/^(?:invalid_token|wrong_audience)$/);
      if (real.status === 403) expect(explained.reason).toMatch(/^(?:insufficient_scope|not_subscribed|no_sandbox)$/);
    });
    await assertProperty(property, { numRuns: 1_500 });
    expect(seen).toEqual(new Set([200, 400, 401, 403, 404, 405]));
  });

  it('for any token and any requirement of a route', async () => {
    const seen = new Set<number>();
    const property = fc.asyncProperty(someToken, rule, async (token, requirement) => {
      const app = express();
      app.get('/', gate.gate.requireScope({ allOf: [requirement] }), (_request, response) => void response.json({}));
      const real = await request(app).get('/').auth(token, { type: 'bearer' });
      const explained = await gate.gate.explain(token, requirement);
      seen.add(real.status);
      expect([explained.status, explained.allowed]).toEqual([real.status, real.status === 200]);
      if (explained.reason === 'insufficient_scope') {
        const has = explained.token.auth?.scopes ?? [];
        expect(explained.missing.length).toBeGreaterThan(0);
        for (const missing of explained.missing) expect('scope' in missing && !has.includes(missing.scope)).toBe(true);
      } else expect(explained.missing).toEqual([]);
    });
    await assertProperty(property, { numRuns: 500 });
    expect(seen).toEqual(new Set([200, 401, 403]));
  });
});
