import request from 'supertest';
import type { DenyEvent } from 'scopegate';
import { requirementCompiler } from '../../src/guard/requirements';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { aGuard, aLiveToken } from '../support/gate/guard-harness';
import { challengeOf } from '../support/http/challenge';

const ORDERS = 'https://api.example.com/orders';

describe('the audience of a token', () => {
  const open = (audience: string | undefined) => {
    const { text, record } = aLiveToken(1_000);
    const denied: Partial<DenyEvent>[] = [];
    const { app, served } = aGuard(async () => ({ ...record, audience }), {
      requirement: requirementCompiler(new Set(['read']))('read'),
      emit: (event) => void denied.push(event as DenyEvent),
    });
    return { get: () => request(app).get('/guarded').auth(text, { type: 'bearer' }), served, denied };
  };

  test('is the resource of the guard, or absent', async () => {
    for (const audience of [ORDERS, undefined]) {
      const { get, denied } = open(audience);
      await get().expect(200);
      expect(denied).toEqual([]);
    }
  });

  test.each([
    ['another resource', 'https://api.example.com/stock'],
    ['the resource with a slash', `${ORDERS}/`],
    ['a part of its identifier', 'https://api.example.com'],
    ['an API inside it', `${ORDERS}/archive`],
    ['empty', ''],
  ])('S-116 is refused as invalid if it is %s', async (_what, audience) => {
    const { get, served, denied } = open(audience);
    const answer = await get();
    expectCleanAnswer(answer, { status: 401, from: 'guard', error: 'invalid_token' });
    expect(challengeOf(answer).parameters).toMatchObject({ error: 'invalid_token', scope: 'read' });
    expect(served()).toBe(0);
    expect(denied).toEqual([
      expect.objectContaining({
        type: 'deny',
        status: 401,
        reason: 'wrong_audience',
        clientId: 'key',
        needs: ['read'],
      }),
    ]);
  });

  test('is never in the response to a token that is for another resource', async () => {
    const { text, headers } = await open('https://api.example.com/secret-name').get();
    expect(JSON.stringify([text, headers])).not.toContain('secret-name');
  });
});
