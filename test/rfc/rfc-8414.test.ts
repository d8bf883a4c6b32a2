import express from 'express';
import { scopegate } from 'scopegate';
import { aGate, APPLICATION, closeAtEnd, gateOptions, JOHN, recordedLogger } from '../support/gate/gate';
import { atItsAddress, documentAt, type Metadata } from '../support/gate/own-address';
import { serve, valuesOf } from '../support/http/raw-http';
import { encodeForm, passwordForm } from '../support/tokens/forms';

const WELL_KNOWN = '/.well-known/oauth-authorization-server';

/** Returns the metadata URL of an issuer (RFC 8414 §3.1). */
const addressOf = (issuer: string): string => {
  const { origin, pathname } = new URL(issuer);
  return `${origin}${WELL_KNOWN}${pathname.replace(/\/$/, '')}`;
};

/** Fetches the metadata of a gate that is served under another host name than the issuer's. */
const metadataOf = async (issuer: string): Promise<Metadata> => {
  const { url } = await serve(express().use(aGate({ issuer }).gate.wellKnown()));
  return documentAt(url + new URL(addressOf(issuer)).pathname);
};

const METHODS = ['client_secret_basic', 'client_secret_post'];

const ISSUERS = [
  'https://api.example.com',
  'https://api.example.com/',
  'https://api.example.com:8443/tenants/a',
  'https://api.example.com/tenants/a/',
];

describe('RFC 8414', () => {
  it('§2 issuer is a URL without query and fragment', () => {
    const options = gateOptions(recordedLogger().logger);
    for (const issuer of ['https://api.example.com?a=b', 'https://api.example.com/#a', 'https://api.example.com/a?']) {
      expect(() => scopegate({ ...options, issuer })).toThrow('issuer: ');
    }
  });

  it('§2 token_endpoint is the URL at which tokens are issued', async () => {
    for (const path of ['', '/tenants/a']) {
      const { issuer } = await atItsAddress(path);
      const { token_endpoint: address } = await documentAt(addressOf(issuer));
      const answer = await fetch(String(address), {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: encodeForm({ ...passwordForm(JOHN), client_id: APPLICATION[0], client_secret: APPLICATION[1] }),
      });
      expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ token_type: 'Bearer' })]);
    }
  });

  it('§2 authorization_endpoint is the URL at which a browser begins, and its response types, modes and PKCE methods are listed', async () => {
    for (const path of ['', '/tenants/a']) {
      const { issuer } = await atItsAddress(path);
      const metadata = await documentAt(addressOf(issuer));
      expect(metadata).toMatchObject({
        authorization_endpoint: `${issuer}/authorize`,
        response_types_supported: ['code'],
        response_modes_supported: ['query', 'form_post'],
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
      });
      const answer = await fetch(String(metadata['authorization_endpoint']), { redirect: 'manual' });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    }
  });

  it('§2 response_types_supported is empty without an authorization endpoint, and nothing else is said about it', async () => {
    const { origin } = await atItsAddress('', { paths: { authorize: false } });
    const metadata = await documentAt(addressOf(origin));
    expect(metadata).toHaveProperty('response_types_supported', []);
    expect(metadata).toHaveProperty('grant_types_supported', ['password', 'refresh_token', 'client_credentials']);
    expect(metadata).toHaveProperty('token_endpoint_auth_methods_supported', METHODS);
    for (const name of ['authorization_endpoint', 'response_modes_supported', 'code_challenge_methods_supported']) {
      expect(metadata).not.toHaveProperty(name);
    }
    expect((await fetch(`${origin}/authorize`)).status).toBe(418);
  });

  it('§2 grant_types_supported is always present, because its default would list other grant types', async () => {
    const offered = ['password', 'authorization_code', 'refresh_token', 'client_credentials'];
    expect(await metadataOf('https://api.example.com')).toHaveProperty('grant_types_supported', offered);
    const { origin } = await atItsAddress('', { paths: { token: false } });
    expect(await documentAt(addressOf(origin))).toHaveProperty('grant_types_supported', []);
  });

  it('§2 client authentication methods are listed for every mounted endpoint, and for no other', async () => {
    const all = await metadataOf('https://api.example.com');
    for (const name of ['token', 'revocation']) {
      expect(all).toHaveProperty(`${name}_endpoint_auth_methods_supported`, [...METHODS, 'none']);
    }
    expect(all).toHaveProperty('introspection_endpoint_auth_methods_supported', METHODS);
    const { origin } = await atItsAddress('', { paths: { authorize: false, revoke: false, introspect: false } });
    const members = Object.keys(await documentAt(addressOf(origin)));
    expect(members.filter((name) => name.includes('endpoint'))).toEqual([
      'token_endpoint',
      'token_endpoint_auth_methods_supported',
    ]);
  });

  it('§2 signing algorithms and keys are not listed, because assertions and signatures are not supported', async () => {
    const members = Object.keys(await metadataOf('https://api.example.com'));
    expect(members.filter((name) => /signing_alg|jwks|signed_metadata/.test(name))).toEqual([]);
  });

  it('§2 scopes_supported lists the declared scopes', async () => {
    const scopes = ['read', 'update', 'admin'];
    expect(await metadataOf('https://api.example.com')).toHaveProperty('scopes_supported', scopes);
  });

  it('§3 the document URL has the well-known string between the host and the path of the issuer', async () => {
    const { origin, issuer, send } = await atItsAddress('/tenants/a');
    expect(await documentAt(`${origin}${WELL_KNOWN}/tenants/a`)).toHaveProperty('issuer', issuer);
    for (const target of [WELL_KNOWN, `/tenants/a${WELL_KNOWN}`]) expect((await send('GET', target)).status).toBe(418);
  });

  it('§3.1 the document is requested with GET', async () => {
    const { send } = await atItsAddress('');
    expect((await send('GET', WELL_KNOWN)).status).toBe(200);
    const refused = await send('POST', WELL_KNOWN);
    expect([refused.status, valuesOf(refused, 'allow')]).toEqual([405, ['GET, HEAD']]);
  });

  it('§3.1 a trailing slash of the issuer is removed from the document URL', async () => {
    for (const [path, target] of [
      ['/', WELL_KNOWN],
      ['/tenants/a/', `${WELL_KNOWN}/tenants/a`],
    ] as const) {
      const { send } = await atItsAddress(path);
      expect((await send('GET', target)).status).toBe(200);
      expect((await send('GET', `${target}/`)).status).toBe(418);
    }
  });

  it('§3.1 each of two issuers on one host has its own document', async () => {
    const app = express();
    const { url } = await serve(app);
    for (const path of ['/a', '/b']) {
      const { gate } = aGate({ issuer: url + path });
      app.use(gate.wellKnown()).use(path, gate.routes());
    }
    for (const path of ['/a', '/b']) {
      const issuer = url + path;
      expect(await documentAt(addressOf(issuer))).toMatchObject({ issuer, token_endpoint: `${issuer}/token` });
    }
  });

  it('§3.2 the response is 200 with one JSON object of media type application/json', async () => {
    const { send } = await atItsAddress('');
    const answer = await send('GET', WELL_KNOWN);
    expect([answer.status, valuesOf(answer, 'content-type')]).toEqual([200, ['application/json']]);
    expect(JSON.parse(answer.body)).toEqual(expect.objectContaining({ issuer: expect.any(String) }));
  });

  it('§3.2 members with multiple values are arrays', async () => {
    const metadata = await metadataOf('https://api.example.com');
    const lists = Object.entries(metadata).filter(([name]) => /s_supported$|^protected_resources$/.test(name));
    expect(lists.length).toBeGreaterThan(5);
    for (const [name, value] of lists) expect([name, Array.isArray(value)]).toEqual([name, true]);
    for (const value of Object.values(metadata)) expect(value).not.toBeNull();
  });

  it('§3.2 members without elements are omitted, unless they are required', async () => {
    const { logger } = recordedLogger();
    const paths = { authorize: false, protectedResourceMetadata: false } as const;
    const gate = closeAtEnd(scopegate({ issuer: 'https://api.example.com', paths, logger }));
    const { url } = await serve(express().use(gate.wellKnown()));
    const metadata = await documentAt(url + WELL_KNOWN);
    expect(metadata).not.toHaveProperty('scopes_supported');
    expect(metadata).not.toHaveProperty('protected_resources');
    const empty = Object.entries(metadata).filter(([, value]) => Array.isArray(value) && value.length === 0);
    expect(empty).toEqual([['response_types_supported', []]]);
  });

  it('§3.2 a URL without a document gets 404 from the host', async () => {
    const { url } = await serve(aGate().app);
    for (const path of ['/a', '/', '%2Fa']) expect((await fetch(url + WELL_KNOWN + path)).status).toBe(404);
  });

  it.each(ISSUERS)('§3.3 issuer equals the identifier from which the document URL was formed: %s', async (issuer) => {
    expect(await metadataOf(issuer)).toHaveProperty('issuer', issuer);
  });
});
