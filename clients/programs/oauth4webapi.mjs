import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import { REDIRECT_URI, SERVICE, USER, WEB } from '../rig/applications.mjs';
import { authorize } from '../rig/browser.mjs';
import { evenIfRefused, expectReadOnly, withToken } from '../rig/orders.mjs';

const INSECURE = { [oauth.allowInsecureRequests]: true };

const discover = async (issuer) => {
  const identifier = new URL(issuer);
  const response = await oauth.discoveryRequest(identifier, { algorithm: 'oauth2', ...INSECURE });
  return oauth.processDiscoveryResponse(identifier, response);
};

const calling =
  ({ access_token: token }) =>
  (url, { method, headers, body }) =>
    evenIfRefused(oauth.protectedResourceRequest(token, method, url, new Headers(headers), body, INSECURE));

const authenticationOf = ({ secret }) => (secret === undefined ? oauth.None() : oauth.ClientSecretBasic(secret));

/** Sends a user to the authorization endpoint. @returns the address of the response, and what belongs to it */
const sendUser = async (server, { id }, resource) => {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const address = new URL(server.authorization_endpoint);
  const parameters = {
    response_type: 'code',
    client_id: id,
    redirect_uri: REDIRECT_URI,
    scope: 'read',
    resource,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return { response: await authorize(address, USER), verifier, state };
};

const codeFlow = async ({ issuer, step, server }, application, name) => {
  const client = { client_id: application.id };
  const authentication = authenticationOf(application);
  const sent = await step(`gets a code for the resource after sign-in and consent (${name})`, () =>
    sendUser(server, application, `${issuer}/orders`),
  );
  await step(`refuses the response if iss is another server's (${name})`, () => {
    const forged = new URL(sent.response);
    forged.searchParams.set('iss', 'https://other.example');
    assert.throws(() => oauth.validateAuthResponse(server, client, forged, sent.state), /iss/);
  });
  const tokens = await step(`redeems the code with PKCE (${name})`, async () => {
    const { response, verifier, state } = sent;
    const code = oauth.validateAuthResponse(server, client, response, state);
    const request = [server, client, authentication, code, REDIRECT_URI, verifier, INSECURE];
    return oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(...request),
    );
  });
  await step(`reads orders, and is refused with 403 when it changes one (${name})`, () =>
    expectReadOnly(issuer, calling(tokens)),
  );
  await step(`is refused with 401 by another API than the resource (${name})`, async () => {
    const { status } = await withToken(tokens.access_token)(`${issuer}/mcp`);
    assert.equal(status, 401);
  });
  const refreshed = await step(`refreshes, and gets another refresh token (${name})`, async () => {
    const token = tokens.refresh_token;
    const response = await oauth.refreshTokenGrantRequest(server, client, authentication, token, INSECURE);
    const next = await oauth.processRefreshTokenResponse(server, client, response);
    assert.notEqual(next.refresh_token, token);
    return next;
  });
  await step(`revokes the refresh token, after which the API answers 401 (${name})`, async () => {
    const token = refreshed.refresh_token;
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, authentication, token, INSECURE),
    );
    const { status } = await withToken(refreshed.access_token)(`${issuer}/orders`);
    assert.equal(status, 401);
  });
};

export const run = async ({ issuer, step }) => {
  const server = await step('discovers the metadata of the server', () => discover(issuer));
  await step('discovers the server by the metadata of the API', async () => {
    const resource = new URL(`${issuer}/orders`);
    const response = await oauth.resourceDiscoveryRequest(resource, INSECURE);
    const { authorization_servers: servers } = await oauth.processResourceDiscoveryResponse(resource, response);
    assert.deepEqual(servers, [issuer]);
  });
  await step('gets and introspects a token of its own by client credentials', async () => {
    const client = { client_id: SERVICE.id };
    const authentication = authenticationOf(SERVICE);
    const parameters = { scope: 'read', resource: `${issuer}/orders` };
    const granted = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, INSECURE);
    const tokens = await oauth.processClientCredentialsResponse(server, client, granted);
    await expectReadOnly(issuer, calling(tokens));
    const answer = await oauth.introspectionRequest(server, client, authentication, tokens.access_token, INSECURE);
    const { active, aud } = await oauth.processIntrospectionResponse(server, client, answer);
    assert.deepEqual({ active, aud }, { active: true, aud: `${issuer}/orders` });
  });
  await codeFlow({ issuer, step, server }, SERVICE, 'client with a secret');
  await codeFlow({ issuer, step, server }, WEB, 'public client');
};
