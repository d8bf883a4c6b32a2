import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { REDIRECT_URI, SERVICE, USER, WEB } from '../rig/applications.mjs';
import { authorize } from '../rig/browser.mjs';
import { findAuthlib, PythonProgram } from '../rig/python.mjs';

const FILE = fileURLToPath(new URL('authlib_client.py', import.meta.url));

const fetchMetadata = async (issuer) => {
  const response = await fetch(`${issuer}/.well-known/oauth-authorization-server`);
  const metadata = await response.json();
  assert.equal(metadata.issuer, issuer);
  return metadata;
};

const expectReadOnly = async (python, issuer) => {
  assert.equal(await python.call('request', { method: 'GET', url: `${issuer}/orders` }), 200);
  assert.equal(await python.call('request', { method: 'PUT', url: `${issuer}/orders/1` }), 403);
};

const codeFlow = async ({ issuer, step, python }, application, name) => {
  const response = await step(`gets a code after sign-in and consent (${name})`, async () => {
    await application.start();
    const returned = await authorize(await python.call('authorize'), USER);
    assert.equal(returned.searchParams.get('iss'), issuer); // Authlib leaves this check to its caller
    return returned;
  });
  await step(`redeems the code with PKCE (${name})`, () => python.call('redeem', { response: response.href }));
  await step(`reads orders, and is refused with 403 when it changes one (${name})`, () =>
    expectReadOnly(python, issuer),
  );
  await step(`refreshes, and gets another refresh token (${name})`, async () => {
    assert.equal(await python.call('refresh'), true);
    await expectReadOnly(python, issuer);
  });
  await step(`revokes the refresh token, after which the API answers 401 (${name})`, async () => {
    assert.equal(await python.call('revoke'), 200);
    assert.equal(await python.call('request', { method: 'GET', url: `${issuer}/orders` }), 401);
  });
};

export const run = async ({ issuer, step }) => {
  const python = new PythonProgram(findAuthlib().program, FILE);
  try {
    const metadata = await step('fetches the metadata', () => fetchMetadata(issuer));
    const starting = ({ id, secret }) => ({
      start: () => python.call('start', { metadata, client_id: id, client_secret: secret, redirect_uri: REDIRECT_URI }),
    });
    await step('gets and introspects a token of its own by client credentials', async () => {
      await starting(SERVICE).start();
      await python.call('client_credentials');
      await expectReadOnly(python, issuer);
      const { active, scope } = await python.call('introspect');
      assert.deepEqual({ active, scope }, { active: true, scope: 'read' });
    });
    await codeFlow({ issuer, step, python }, starting(SERVICE), 'client with a secret');
    await codeFlow({ issuer, step, python }, starting(WEB), 'public client');
  } finally {
    python.close();
  }
};
