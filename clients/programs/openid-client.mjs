import assert from 'node:assert/strict';
import * as client from 'openid-client';
import { REDIRECT_URI, SERVICE, USER, WEB } from '../rig/applications.mjs';
import { authorize } from '../rig/browser.mjs';
import { evenIfRefused, expectReadOnly, withToken } from '../rig/orders.mjs';

const discover = (issuer, { id, secret }) =>
  client.discovery(
    new URL(issuer),
    id,
    undefined,
    secret === undefined ? client.None() : client.ClientSecretBasic(secret),
    { algorithm: 'oauth2', execute: [client.allowInsecureRequests] },
  );

const calling =
  (config, { access_token: token }) =>
  (url, { method, headers, body }) =>
    evenIfRefused(client.fetchProtectedResource(config, token, url, method, body, new Headers(headers)));

/** Sends a user to the authorization endpoint. @returns the response, and what is needed to check and redeem it */
const sendUser = async (config, scope) => {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope,
    state: expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  return { response: await authorize(address, USER), checks: { pkceCodeVerifier, expectedState } };
};

const codeFlow = async ({ issuer, step }, application, name) => {
  const config = await step(`discovers the metadata (${name})`, () => discover(issuer, application));
  const { response, checks } = await step(`gets a code after sign-in and consent (${name})`, () =>
    sendUser(config, 'read'),
  );
  await step(`refuses the response if iss is another server's (${name})`, async () => {
    const forged = new URL(response);
    forged.searchParams.set('iss', 'https://other.example');
    await assert.rejects(client.authorizationCodeGrant(config, forged, checks), ({ cause }) =>
      /iss/.test(cause.message),
    );
  });
  const tokens = await step(`redeems the code with PKCE (${name})`, () =>
    client.authorizationCodeGrant(config, response, checks),
  );
  await step(`reads orders, and is refused with 403 when it changes one (${name})`, () =>
    expectReadOnly(issuer, calling(config, tokens)),
  );
  const refreshed = await step(`refreshes, and gets another refresh token (${name})`, async () => {
    const next = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(next.refresh_token, tokens.refresh_token);
    return next;
  });
  await step(`revokes the refresh token, after which the API answers 401 (${name})`, async () => {
    await client.tokenRevocation(config, refreshed.refresh_token);
    const { status } = await withToken(refreshed.access_token)(`${issuer}/orders`);
    assert.equal(status, 401);
  });
};

export const run = async ({ issuer, step }) => {
  await step('gets and introspects a token of its own by client credentials', async () => {
    const config = await discover(issuer, SERVICE);
    const tokens = await client.clientCredentialsGrant(config, { scope: 'read', resource: `${issuer}/orders` });
    await expectReadOnly(issuer, calling(config, tokens));
    const { active, aud } = await client.tokenIntrospection(config, tokens.access_token);
    assert.deepEqual({ active, aud }, { active: true, aud: `${issuer}/orders` });
  });
  await codeFlow({ issuer, step }, SERVICE, 'client with a secret');
  await codeFlow({ issuer, step }, WEB, 'public client');
};
