import { CodeBrowser } from '../support/authorize/code-browser';
import { authorizeQuery, exchange, postAs, type CodeClient } from '../support/authorize/code-client';
import { CHALLENGE, VERIFIER } from '../support/authorize/code-client';
import { openCodeFlow, openTlsFlow, OVER_HTTP, OVER_TLS, type CodeFlow } from '../support/authorize/code-flow';
import { challengeFor } from '../support/tokens/code-gates';

const OTHER_VERIFIER = 'x'.repeat(43);
const UNRESERVED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~';

describe('RFC 7636', () => {
  let flow: CodeFlow;
  let confidential: CodeClient;
  let publicOne: CodeClient;
  beforeAll(async () => {
    flow = await openCodeFlow();
    confidential = await flow.aClient();
    publicOne = await flow.aClient({ public: true });
  });

  /** Exchanges a code that was requested with the challenge of a verifier. @returns 200 or the error */
  const redeem = async (client: CodeClient, verifier: string, challenge = challengeFor(verifier)) => {
    const code = await flow.codeFor(client, { code_challenge: challenge });
    const { status, body } = await exchange(flow.portal, client, code, { code_verifier: verifier });
    return status === 200 ? status : body.error;
  };

  it('§4.1, §7.1 a code_verifier has 43 to 128 unreserved characters', async () => {
    for (const verifier of ['a'.repeat(43), 'a'.repeat(128), UNRESERVED]) {
      expect([verifier, await redeem(publicOne, verifier)]).toEqual([verifier, 200]);
    }
    for (const verifier of [
      'a'.repeat(42),
      'a'.repeat(129),
      ...['+', '/', '=', ' ', '%', 'é'].map((one) => 'a'.repeat(43) + one),
    ]) {
      expect([verifier, await redeem(publicOne, verifier)]).toEqual([verifier, 'invalid_request']);
    }
  });

  it('§4.2 the method S256 is supported, for public and confidential clients', async () => {
    for (const client of [publicOne, confidential]) expect(await redeem(client, OTHER_VERIFIER)).toBe(200);
  });

  it('§4.2 a code_challenge is the base64url of a SHA-256 without padding, and anything else is refused', async () => {
    for (const code_challenge of [
      `${CHALLENGE}=`,
      CHALLENGE.slice(1),
      CHALLENGE.replace('-', '+'),
      VERIFIER.slice(0, 42),
    ]) {
      expect(await flow.responseTo(publicOne, { code_challenge })).toMatchObject({ error: 'invalid_request' });
    }
  });

  it('§4.2, §7.2 the method plain is not supported, because anyone who reads the request could redeem its code', async () => {
    for (const client of [publicOne, confidential]) {
      const changes = { code_challenge: VERIFIER, code_challenge_method: 'plain' };
      expect(await flow.responseTo(client, changes)).toMatchObject({ error: 'invalid_request' });
    }
  });

  it('§4.3 a code_challenge is required of every client', async () => {
    for (const client of [publicOne, confidential]) {
      for (const code_challenge of [undefined, '']) {
        expect(await flow.responseTo(client, { code_challenge })).toMatchObject({ error: 'invalid_request' });
      }
    }
  });

  it('§4.3 an absent code_challenge_method means plain, so it is refused', async () => {
    const changes = { code_challenge_method: undefined };
    expect(await flow.responseTo(publicOne, changes)).toMatchObject({ error: 'invalid_request' });
  });

  it('§4.4 a code is bound to the challenge of its request, and to no other', async () => {
    const [first, second] = [
      await flow.codeFor(publicOne),
      await flow.codeFor(publicOne, { code_challenge: challengeFor(OTHER_VERIFIER) }),
    ];
    const statusOf = async (code: string, code_verifier: string) =>
      (await exchange(flow.portal, publicOne, code, { code_verifier })).status;
    expect([await statusOf(first, OTHER_VERIFIER), await statusOf(second, VERIFIER)]).toEqual([400, 400]);
    expect([await statusOf(first, VERIFIER), await statusOf(second, OTHER_VERIFIER)]).toEqual([200, 200]);
  });

  it('§4.4 neither the code nor anything else in the response contains the challenge', async () => {
    for (const code_challenge of [CHALLENGE, challengeFor(OTHER_VERIFIER)]) {
      const code = await flow.codeFor(publicOne, { code_challenge });
      for (const form of ['base64url', 'hex'] as const) {
        expect(code).not.toContain(Buffer.from(code_challenge, 'base64url').toString(form));
      }
    }
    const errors = await flow.responseTo(publicOne, { prompt: 'none' });
    expect(Object.keys(errors).toSorted()).toEqual(['error', 'error_description', 'iss', 'state']);
    expect(Object.values(errors)).not.toContain(CHALLENGE);
  });

  it('§4.4.1 a request without a challenge gets invalid_request with a description that says so', async () => {
    const response = await flow.responseTo(publicOne, { code_challenge: undefined, code_challenge_method: undefined });
    expect(response).toMatchObject({
      error: 'invalid_request',
      error_description: 'The code_challenge is missing: PKCE is required (RFC 7636).',
      state: 'state-1',
    });
  });

  it('§4.4.1 a request with an unsupported method gets invalid_request with a description that says so', async () => {
    for (const code_challenge_method of ['plain', 's256', 'S512']) {
      expect(await flow.responseTo(publicOne, { code_challenge_method })).toMatchObject({
        error: 'invalid_request',
        error_description: 'The code_challenge_method must be S256.',
      });
    }
  });

  it('§4.5 a token request without code_verifier is refused, and leaves the code usable', async () => {
    const { portal, codeFor } = flow;
    for (const client of [publicOne, confidential]) {
      const code = await codeFor(client);
      const form = { grant_type: 'authorization_code', code, redirect_uri: client.redirectUri };
      for (const missing of [form, { ...form, code_verifier: '' }]) {
        const { status, body } = await postAs(portal, '/token', client, missing);
        expect([status, body.error]).toEqual([400, 'invalid_request']);
      }
      expect((await exchange(portal, client, code)).status).toBe(200);
    }
  });

  it('§4.6 tokens are issued only if the hash of the code_verifier equals the challenge, otherwise invalid_grant', async () => {
    for (const client of [publicOne, confidential]) {
      expect(await redeem(client, OTHER_VERIFIER, CHALLENGE)).toBe('invalid_grant');
      expect(await redeem(client, CHALLENGE, CHALLENGE)).toBe('invalid_grant'); // equal as texts, as plain would have it
      expect(await redeem(client, VERIFIER, CHALLENGE)).toBe(200);
    }
  });

  it('§5 a client without PKCE is refused, although a server may accept it: a stolen code would be usable', async () => {
    const without = { code_challenge: undefined, code_challenge_method: undefined };
    for (const client of [publicOne, confidential]) {
      expect(await flow.responseTo(client, without)).toMatchObject({ error: 'invalid_request' });
    }
  });

  it('§7.5 authorization requests and token requests without TLS are refused', async () => {
    const { portal, aClient } = await openTlsFlow();
    const client = await aClient({ public: true });
    const statuses = async (headers: Readonly<Record<string, string>>) => {
      const browser = new CodeBrowser(portal);
      const page = await browser.get(`/authorize?${authorizeQuery(client)}`, headers);
      const form = { grant_type: 'authorization_code', client_id: client.clientId, code: 'x', redirect_uri: 'x' };
      const answer = await browser.post('/token', { ...form, code_verifier: VERIFIER }, headers);
      return [page.status, (JSON.parse(answer.text) as { readonly error: string }).error];
    };
    expect(await statuses(OVER_HTTP)).toEqual([400, 'invalid_request']);
    expect(await statuses(OVER_TLS)).toEqual([200, 'invalid_grant']);
  });

  it('Appendix B the verifier and the challenge of the example match', async () => {
    const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
    expect(await redeem(publicOne, 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', challenge)).toBe(200);
  });
});
