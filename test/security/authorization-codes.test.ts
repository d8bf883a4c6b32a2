import type { DenyEvent, GateEventType } from 'scopegate';
import { aMadeApplication } from '../support/gate/api-gate';
import { JANE, JOHN, type TokenBody } from '../support/gate/gate';
import { REDIRECT_URI } from '../support/gate/public-application';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import {
  everyCodeStore,
  expectIssued,
  expectRefusedCode as expectRefused,
  openCodeGates,
  VERIFIER,
  type CodeForm,
} from '../support/tokens/code-gates';
import { refreshForm } from '../support/tokens/forms';
import { grantIdOf } from '../support/tokens/tokens';

const OTHER_VERIFIER = `${VERIFIER.slice(0, -1)}x`;

describe.each(everyCodeStore)('an authorization code in %s', (_name, freshStore) => {
  const open = async (...more: [Parameters<typeof openCodeGates>[1]?, number?]) =>
    openCodeGates(await freshStore(), ...more);

  it('is redeemed for the tokens of the user, with the scopes that were allowed and are still possible', async () => {
    const { gate, issueCode, redeem, keys } = await open();
    const answer = await redeem(await issueCode());
    expect(expectIssued(answer)).toEqual({
      access_token: expect.stringMatching(/^sga_/),
      refresh_token: expect.stringMatching(/^sgr_/),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read update',
    });
    const { access_token: token } = answer.body as TokenBody;
    expect((await gate.get('/me', token)).body).toMatchObject({
      ...{ subject: JOHN[0], clientId: keys[0], organization: 'johnsorg', scopes: ['read', 'update'] },
    });
    expect(expectIssued(await redeem(await issueCode({ subject: JANE[0] }))).scope).toBe('read');
  });

  it('is an event of its own occasion, and its grant has the id in the code', async () => {
    const { gate, issueCode, redeem } = await open();
    const issued: unknown[] = [];
    gate.gate.on('issue', ({ occasion, grantId }) => void issued.push([occasion, grantId]));
    const code = await issueCode();
    await redeem(code).expect(200);
    expect(issued).toEqual([['authorization_code', grantIdOf(code)]]);
  });

  it('S-145 works once: a repeat is refused and ends the tokens, and the refresh token too', async () => {
    const { gate, issueCode, redeem, keys } = await open();
    const events: GateEventType[] = [];
    for (const type of ['reuse', 'revoke'] as const) gate.gate.on(type, () => events.push(type));
    const code = await issueCode();
    const { access_token: token, refresh_token: refresh } = expectIssued(await redeem(code));
    await gate.get('/orders', token).expect(200);
    expectRefused(await redeem(code));
    await gate.get('/orders', token).expect(401);
    expectCleanAnswer(await gate.token(refreshForm(refresh), keys), { status: 400, error: 'invalid_grant' });
    expect(events).toEqual(['reuse', 'revoke']);
    expectRefused(await redeem(code));
  });

  it('S-145 that is repeated after a refresh ends the refreshed tokens as well', async () => {
    const { gate, issueCode, redeem, keys } = await open();
    const code = await issueCode();
    const { refresh_token: refresh } = expectIssued(await redeem(code));
    const { access_token: token } = expectIssued(await gate.token(refreshForm(refresh), keys));
    expectRefused(await redeem(code));
    await gate.get('/orders', token).expect(401);
  });

  it('S-145 is refused after a minute, and a spent one ends its grant for ten', async () => {
    const { gate, clock, issueCode, redeem } = await open();
    const [unspent, spent] = [await issueCode(), await issueCode()];
    const { access_token: token } = expectIssued(await redeem(spent));
    clock.advance(59.999);
    expectIssued(await redeem(await issueCode()));
    clock.advance(0.001);
    expectRefused(await redeem(unspent));
    await gate.get('/orders', token).expect(200);
    clock.advance(500);
    expectRefused(await redeem(spent));
    await gate.get('/orders', token).expect(401);
  });

  it('S-146 is not redeemed by another client, which neither spends it nor ends what it became', async () => {
    const { gate, issueCode, redeem } = await open();
    const { keys: other } = await aMadeApplication(gate, { name: 'Other', redirectUris: [REDIRECT_URI] });
    const code = await issueCode();
    expectRefused(await redeem(code, {}, { credentials: other }));
    const { access_token: token } = expectIssued(await redeem(code));
    expectRefused(await redeem(code, {}, { credentials: other }));
    await gate.get('/orders', token).expect(200);
  });

  it('S-147 is redeemed with the redirect URI of the request, byte for byte, and another does not spend it', async () => {
    const { gate, issueCode, redeem } = await open();
    const code = await issueCode();
    const others = ['/', '?', '#', '/..', '%20'].map((end) => REDIRECT_URI + end);
    for (const redirectUri of [...others, REDIRECT_URI.toUpperCase(), 'https://app.example:443/callback', 'x']) {
      expectRefused(await redeem(code, { redirect_uri: redirectUri }));
    }
    for (const redirectUri of ['', undefined]) {
      const missing = await redeem(code, { redirect_uri: redirectUri });
      expectCleanAnswer(missing, { status: 400, error: 'invalid_request' });
    }
    const { access_token: token } = expectIssued(await redeem(code));
    expectRefused(await redeem(code, { redirect_uri: `${REDIRECT_URI}/` }));
    await gate.get('/orders', token).expect(200);
  });

  it('S-149 is not redeemed without a verifier, and that does not spend it', async () => {
    const { issueCode, redeem } = await open();
    const code = await issueCode();
    for (const verifier of [undefined, '']) {
      const refused = await redeem(code, { code_verifier: verifier });
      expect(expectCleanAnswer(refused, { status: 400, error: 'invalid_request' })).toHaveProperty(
        'error_description',
        'The parameter code_verifier is missing.',
      );
    }
    expectIssued(await redeem(code));
  });

  it('S-149 that was stored with a challenge that no verifier has cannot be redeemed', async () => {
    const { issueCode, redeem } = await open();
    for (const challenge of ['', VERIFIER]) expectRefused(await redeem(await issueCode({ challenge })));
  });

  it('S-151 needs a verifier of 43 to 128 letters, digits and -._~', async () => {
    const { issueCode, redeem } = await open();
    const code = await issueCode();
    for (const length of [1, 42, 129, 10_000]) {
      const refused = await redeem(code, { code_verifier: 'a'.repeat(length) });
      expectCleanAnswer(refused, { status: 400, error: 'invalid_request' });
    }
    for (const bad of ['+', '/', '=', ' ', '%', '\u00E9', '\n', '"']) {
      const refused = await redeem(code, { code_verifier: 'a'.repeat(42) + bad });
      expectCleanAnswer(refused, { status: 400, error: 'invalid_request' });
    }
    for (const length of [43, 128]) expectRefused(await redeem(code, { code_verifier: 'a'.repeat(length) }));
    expectIssued(await redeem(code));
  });

  it('S-152 survives nine wrong verifiers, and ends at the tenth', async () => {
    const { issueCode, redeem } = await open();
    const wrong = { code_verifier: OTHER_VERIFIER };
    const [survivor, ended] = [await issueCode(), await issueCode()];
    for (let attempt = 1; attempt < 10; attempt += 1) {
      for (const code of [survivor, ended]) expectRefused(await redeem(code, wrong));
    }
    expectRefused(await redeem(ended, wrong));
    expectRefused(await redeem(ended));
    expectIssued(await redeem(survivor));
  });

  it('S-152 that is spent is not affected by wrong verifiers, however many', async () => {
    const { gate, issueCode, redeem } = await open();
    const code = await issueCode();
    const { access_token: token } = expectIssued(await redeem(code));
    for (let attempt = 0; attempt < 12; attempt += 1) {
      expectRefused(await redeem(code, { code_verifier: OTHER_VERIFIER }));
    }
    await gate.get('/orders', token).expect(200);
    expectRefused(await redeem(code));
    await gate.get('/orders', token).expect(401);
  });

  it('is refused with one text for everything that is no code', async () => {
    const { issueCode, redeem } = await open();
    const code = await issueCode();
    const last = code.slice(-1) === 'A' ? 'B' : 'A';
    const { access_token: token, refresh_token: refresh } = expectIssued(await redeem(await issueCode()));
    for (const text of ['x', `${code}x`, code.slice(0, -1) + last, token, refresh, 'a'.repeat(20_000), '__proto__']) {
      expectRefused(await redeem(text));
    }
    expectIssued(await redeem(code));
  });

  it('is refused if it is sent twice, and not spent', async () => {
    const { issueCode, redeem } = await open();
    const code = await issueCode();
    const repeated: CodeForm[] = [{ code: [code, code] }, { code_verifier: [VERIFIER, VERIFIER] }];
    for (const form of repeated) {
      expectCleanAnswer(await redeem(code, form), { status: 400, error: 'invalid_request' });
    }
    expectIssued(await redeem(code));
  });

  it('is redeemed by an authenticated client only', async () => {
    const { gate, issueCode, redeem, keys } = await open();
    const code = await issueCode();
    for (const credentials of [null, [keys[0], 'wrong'] as const]) {
      expectCleanAnswer(await redeem(code, {}, { credentials }), { status: 401, error: 'invalid_client' });
    }
    const { keys: other } = await aMadeApplication(gate, { name: 'Without redirect URIs' });
    const refused = await redeem(code, {}, { credentials: other });
    expectCleanAnswer(refused, { status: 400, error: 'unauthorized_client' });
    expectIssued(await redeem(code));
  });

  it('is refused once its redirect URI is no longer registered', async () => {
    const { gate, applicationId, issueCode, redeem } = await open();
    const code = await issueCode();
    await gate.gate.directory.applications.setRedirectUris(applicationId, ['https://app.example/other']);
    expectRefused(await redeem(code));
  });

  it('is refused for a user who was disabled or removed', async () => {
    const { gate, issueCode, redeem } = await open();
    const { users } = gate.gate.directory;
    await users.create({ username: 'kim', organization: 'johnsorg', password: 'a long password', roles: ['clerk'] });
    const kim = { subject: 'kim@johnsorg' };
    const [disabled, removed] = [await issueCode(kim), await issueCode(kim)];
    await users.disable(kim.subject);
    expectRefused(await redeem(disabled));
    await users.remove(kim.subject);
    expectRefused(await redeem(removed));
  });

  it('is refused for a client that was disabled', async () => {
    const { gate, applicationId, issueCode, redeem } = await open();
    const code = await issueCode();
    await gate.gate.directory.applications.disable(applicationId);
    expectCleanAnswer(await redeem(code), { status: 401, error: 'invalid_client' });
  });

  it('gives no scope that the user, the client or a subscription has lost', async () => {
    const { gate, applicationId, issueCode, redeem } = await open({ ungrantedScopes: 'reject' });
    const { applications } = gate.gate.directory;
    const scopes = ['read', 'update', 'count'];
    const codes = [await issueCode({ scopes }), await issueCode({ scopes }), await issueCode({ scopes })];
    expect(expectIssued(await redeem(codes[0] ?? '')).scope).toBe('read update count');
    await applications.unsubscribe(applicationId, 'stock');
    expect(expectIssued(await redeem(codes[1] ?? '')).scope).toBe('read update');
    await applications.setScopes(applicationId, ['read']);
    expect(expectIssued(await redeem(codes[2] ?? '')).scope).toBe('read');
  });

  it('issues no refresh token to a client that may not use one', async () => {
    const { gate, applicationId, issueCode, redeem } = await open();
    await gate.gate.directory.applications.setGrantTypes(applicationId, ['authorization_code']);
    expect(expectIssued(await redeem(await issueCode()))).not.toHaveProperty('refresh_token');
  });

  it('is not in the event of a refusal', async () => {
    const { gate, issueCode, redeem } = await open();
    const denied: DenyEvent[] = [];
    gate.gate.on('deny', (event) => void denied.push(event));
    const code = await issueCode();
    await redeem(code, { code_verifier: OTHER_VERIFIER });
    expect(denied).toEqual([expect.objectContaining({ place: 'token', status: 400, reason: 'invalid_grant' })]);
    expect(JSON.stringify(denied)).not.toContain(code.slice(20));
  });
});
