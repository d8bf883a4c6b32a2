import type { ScopegateOptions } from 'scopegate';
import { CodeBrowser, fieldsOf } from '../support/authorize/code-browser';
import { authorizeQuery, CALLBACK, responseIn, type CodeClient } from '../support/authorize/code-client';
import type { RequestParameters } from '../support/authorize/code-client';
import { openCodeFlow, type CodeFlow } from '../support/authorize/code-flow';
import { APPLICATION, gateOptions, recordedLogger, type TestScope } from '../support/gate/gate';
import { atItsAddress, documentAt } from '../support/gate/own-address';
import { ANA } from '../support/portal/served-portal';

const WELL_KNOWN = '/.well-known/oauth-authorization-server';

const ISSUER_PATHS = ['', '/', '/tenants/a', '/tenants/a/'];

/** The declared application with a redirect URI. */
const OPTIONS: Partial<ScopegateOptions<TestScope>> = {
  applications: (gateOptions(recordedLogger().logger).applications ?? []).map((one) => ({
    ...one,
    redirectUris: [CALLBACK],
  })),
};

/** Serves a gate at the address of its issuer, and reads its metadata and an error response. */
const open = async (path: string) => {
  const { origin, issuer } = await atItsAddress(path, OPTIONS);
  const metadata = await documentAt(origin + WELL_KNOWN + path.replace(/\/$/, ''));
  const query = authorizeQuery({ clientId: APPLICATION[0], redirectUri: CALLBACK }, { prompt: 'none' });
  const answer = await fetch(`${String(metadata['authorization_endpoint'])}?${query}`, { redirect: 'manual' });
  return { issuer, metadata, location: answer.headers.get('location') ?? undefined };
};

describe('RFC 9207', () => {
  let flow: CodeFlow;
  let client: CodeClient;
  beforeAll(async () => {
    flow = await openCodeFlow();
    client = await flow.aClient();
  });

  it('§2, §2.1 a successful response has iss, in the query and in a form', async () => {
    const { portal } = flow;
    const iss = portal.url;
    const browser = new CodeBrowser(portal);
    expect(await browser.authorize(client, ANA)).toEqual({ code: expect.any(String) as string, state: 'state-1', iss });
    const page = await browser.open(client, { response_mode: 'form_post' });
    expect(fieldsOf(page, CALLBACK)).toEqual({ code: expect.any(String) as string, state: 'state-1', iss });
  });

  it.each<readonly [string, RequestParameters]>([
    ['invalid_request', { code_challenge: undefined }],
    ['unsupported_response_type', { response_type: 'token' }],
    ['invalid_scope', { scope: 'a"b' }],
    ['invalid_target', { resource: 'https://other.example/' }],
    ['login_required', { prompt: 'none' }],
  ])('§2, §2.2 an error response with %s has iss, in the query and in a form', async (error, changes) => {
    const expected = { error, state: 'state-1', iss: flow.portal.url };
    expect(await flow.responseTo(client, changes)).toMatchObject(expected);
    const page = await flow.open(client, { ...changes, response_mode: 'form_post' });
    expect(fieldsOf(page, CALLBACK)).toMatchObject(expected);
  });

  it('§2, §2.2 the response to a user who denies has iss', async () => {
    const browser = new CodeBrowser(flow.portal);
    const { location } = await browser.deny(await browser.open(client));
    expect(responseIn(location)).toMatchObject({ error: 'access_denied', iss: flow.portal.url });
  });

  it('§2 iss is sent once, and a redirect URI that has one already cannot be registered', async () => {
    const { location = '' } = await flow.open(client, { prompt: 'none' });
    expect(new URL(location).searchParams.getAll('iss')).toEqual([flow.portal.url]);
    const redirectUris = [`${CALLBACK}?iss=https%3A%2F%2Fother.example`];
    await expect(flow.aClient({ redirectUris })).rejects.toThrow('the response adds it');
  });

  it('§2.3 iss is byte for byte the issuer of the metadata, encoded as a form', async () => {
    for (const path of ISSUER_PATHS) {
      const { issuer, metadata, location } = await open(path);
      expect(metadata['issuer']).toBe(issuer);
      expect(responseIn(location)['iss']).toBe(issuer);
      expect(location).toContain(`iss=${encodeURIComponent(issuer)}`);
    }
  });

  it('§3 the metadata announce iss wherever the authorization endpoint is mounted', async () => {
    for (const path of ISSUER_PATHS) {
      const { metadata } = await open(path);
      expect(metadata).toHaveProperty('authorization_response_iss_parameter_supported', true);
    }
    const { origin } = await atItsAddress('', { paths: { authorize: false } });
    expect(await documentAt(origin + WELL_KNOWN)).not.toHaveProperty('authorization_response_iss_parameter_supported');
  });
});
