import express from 'express';
import request from 'supertest';
import { mintGrantId, mintProofKey, mintRefreshToken } from '../../src/protocol/secrets';
import { aClock } from '../support/time/clock';
import { everyStore } from '../support/stores/every-store';
import { aGate, APPLICATION, gateOptions, JOHN, recordedLogger, type TestGate } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { anotherApplication, refresh, refreshed, refusedRefresh } from '../support/tokens/refreshing';
import { refreshForm } from '../support/tokens/forms';
import { grantIdOf } from '../support/tokens/tokens';

describe.each(everyStore)('a refresh token in %s', (_name, freshStore) => {
  const clock = aClock();
  const start = clock.now();
  beforeEach(() => clock.set(start));

  const open = async (overrides: Parameters<typeof aGate>[0] = {}): Promise<TestGate> =>
    aGate({ ...(await freshStore()), clock: clock.now, ...overrides });

  it('S-118 is accepted once for a new pair of the same scope', async () => {
    const gate = await open({ tokens: { refreshGrace: 0 } });
    const first = await gate.signIn(JOHN, 'read update');
    const second = await refreshed(gate, first);
    expect(second).toEqual({
      access_token: expect.stringMatching(/^sga_/),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^sgr_/),
      scope: 'read update',
    });
    expect(second.access_token).not.toBe(first.access_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    await gate.put('/orders/1', second.access_token).expect(200);
    await refusedRefresh(gate, first.refresh_token);
  });

  it('S-119 is refused with the same answer, whatever is wrong with it', async () => {
    const gate = await open();
    const issued = await gate.signIn();
    const live = issued.refresh_token;
    const grantId = grantIdOf(live);
    const wrong = [
      'garbage',
      '{}',
      `${live}x`,
      live.slice(0, -1),
      live.replace('sgr_', 'sga_'),
      `${live.slice(0, 30)}${live[30] === 'A' ? 'B' : 'A'}${live.slice(31)}`,
      live.toUpperCase(),
      mintRefreshToken(mintGrantId(), mintProofKey()).text, // sound, and of no grant
      mintRefreshToken(grantId, mintProofKey()).text, // sound, of this grant, and forged
      issued.access_token,
      APPLICATION[1],
      'r'.repeat(10_240),
    ];
    for (const token of wrong) await refusedRefresh(gate, token);
    await refresh(gate, '').expect(400, /"invalid_request"/); // an empty value counts as absent, RFC 6749 §3.2
    await refreshed(gate, issued);
  });

  it('S-121 is refused to another client, and stays valid for its own', async () => {
    const gate = await open({ tokens: { refreshGrace: 0 } });
    const issued = await gate.signIn();
    const { keys } = await anotherApplication(gate);
    await refusedRefresh(gate, issued.refresh_token, keys);
    await gate.get('/me', issued.access_token).expect(200);
    await refreshed(gate, issued);
  });

  it('S-122 is refused to a client that sends only its id', async () => {
    const gate = await open({ tokens: { refreshGrace: 0 } });
    const issued = await gate.signIn();
    const { keys } = await anotherApplication(gate);
    const form = refreshForm(issued.refresh_token);
    for (const clientId of [keys[0], APPLICATION[0]]) {
      const answer = await gate.token({ ...form, client_id: clientId }, null);
      expectCleanAnswer(answer, { status: 401, error: 'invalid_client', without: [issued.refresh_token] });
    }
    await refreshed(gate, issued);
  });

  it('S-123 grants no more scope than before, and a request for more does not spend it', async () => {
    const gate = await open({ tokens: { refreshGrace: 0 } });
    const issued = await gate.signIn(JOHN, 'read');
    for (const scope of ['read update', 'update', 'admin', 'read nobody']) {
      const answer = await refresh(gate, issued.refresh_token, scope);
      expectCleanAnswer(answer, { status: 400, error: 'invalid_scope' });
    }
    expect((await refreshed(gate, issued)).scope).toBe('read');
  });

  it('S-124 S-125 can issue an access token of less scope, and keeps the full scope for the next refresh', async () => {
    const gate = await open();
    const issued = await gate.signIn(JOHN, 'read update');
    const narrow = await refreshed(gate, issued, 'read');
    expect(narrow.scope).toBe('read');
    await gate.put('/orders/1', narrow.access_token).expect(403);

    const whole = await refreshed(gate, narrow, 'read update');
    expect(whole.scope).toBe('read update');
    await gate.put('/orders/1', whole.access_token).expect(200);
    expect((await refreshed(gate, await refreshed(gate, whole, 'update'))).scope).toBe('read update');
  });

  it('S-138 is neither issued to nor accepted from a client without the refresh_token grant', async () => {
    const { applications = [] } = gateOptions(recordedLogger().logger);
    const [application] = applications.map((declared) => ({ ...declared, grantTypes: ['password' as const] }));
    const gate = await open(application === undefined ? {} : { applications: [...applications.slice(1), application] });
    const issued = await gate.signIn();
    expect(issued).not.toHaveProperty('refresh_token');
    const answer = await refresh(gate, `sgr_${'A'.repeat(76)}`);
    expectCleanAnswer(answer, { status: 400, error: 'unauthorized_client' });
  });

  it.each([0, 10])(
    'S-142 that is spent does not let another client end its grant, with %d s of grace',
    async (refreshGrace) => {
      const gate = await open({ tokens: { refreshGrace } });
      const { keys } = await anotherApplication(gate);
      const first = await gate.signIn();
      const second = await refreshed(gate, first);
      await refusedRefresh(gate, first.refresh_token, keys);
      clock.advance(refreshGrace);
      await refusedRefresh(gate, first.refresh_token, keys);
      await gate.get('/me', second.access_token).expect(200);
      await refreshed(gate, second);
    },
  );
});

describe('the refresh_token parameter', () => {
  const raw = (app: express.Express, form: string) =>
    request(app)
      .post('/token')
      .auth(...APPLICATION)
      .type('form')
      .send(`grant_type=refresh_token&${form}`);

  it.each([
    'refresh_token=TOKEN&refresh_token=TOKEN',
    'refresh_token=TOKEN&refresh_token=x',
    'refresh_token=TOKEN&refresh_token=',
    'refresh_token[]=TOKEN',
    'refresh_token[0]=TOKEN&refresh_token[1]=TOKEN',
    'refresh_token[token]=TOKEN',
    'refresh_token[toString]=TOKEN',
  ])('S-120 must be one text, with any form parser, and an invalid one spends nothing: %s', async (form) => {
    const gate = aGate({ tokens: { refreshGrace: 0 } });
    const issued = await gate.signIn();
    const behindParser = express().use(express.urlencoded({ extended: true }), gate.gate.routes());
    for (const app of [gate.app, behindParser]) {
      const answer = await raw(app, form.replaceAll('TOKEN', issued.refresh_token));
      expectCleanAnswer(answer, { status: 400, error: 'invalid_request', without: [issued.refresh_token] });
    }
    await refreshed(gate, issued);
  });
});
