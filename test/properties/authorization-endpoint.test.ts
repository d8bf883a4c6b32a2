import { CodeBrowser, fieldsOf } from '../support/authorize/code-browser';
import { aCodeClient, authorizeQuery, CALLBACK, type CodeClient } from '../support/authorize/code-client';
import { valuesOf } from '../support/http/raw-http';
import { ANA, BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { casesOf, forAllCases, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';
import { anyAuthorizationRequest, MARKUP, type Placeholders } from './authorization-requests';
import { KeptConnection, type WireAnswer, type WireRequest } from './kept-connection';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

const NATIVE = 'http://127.0.0.1/callback';

const STATUSES = [200, 303, 400, 403, 404, 405, 408, 409, 413, 415];

/** Every header that the endpoint, Express's 404 and Node send. */
const HEADERS = new Set([
  ...[
    'allow',
    'cache-control',
    'connection',
    'content-language',
    'content-length',
    'content-security-policy',
    'content-type',
    'date',
  ],
  ...['cross-origin-resource-policy', 'keep-alive', 'location', 'permissions-policy', 'pragma', 'referrer-policy'],
  ...['set-cookie', 'x-content-type-options', 'x-frame-options', 'x-powered-by'],
]);

const COOKIE = /^scopegate(?:-authorize)?=[sv][\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/;

/** A gate whose authorization endpoint is attacked, and a browser with a session and a waiting request. */
class AttackedEndpoint {
  readonly #portal: ServedPortal;
  readonly #client: CodeClient;
  readonly #connection: KeptConnection;
  #browser: CodeBrowser;
  #placeholders: Placeholders | undefined;

  constructor(portal: ServedPortal, client: CodeClient) {
    this.#portal = portal;
    this.#client = client;
    this.#connection = new KeptConnection(Number(new URL(portal.url).port));
    this.#browser = new CodeBrowser(portal);
  }

  /** Sends a request in which right values replace the placeholders. */
  async ask(request: WireRequest): Promise<WireAnswer> {
    const values = (this.#placeholders ??= await this.#begin());
    const cookies = [...this.#browser.cookies].map((pair) => pair.join('=')).join('; ');
    const put = (text: string): string =>
      Object.entries({ ...values, cookies }).reduce((done, [name, text_]) => done.replaceAll(`{${name}}`, text_), text);
    const filled = {
      ...request,
      target: put(request.target),
      headers: request.headers.map(put),
      body: put(request.body),
    };
    const answer = await this.#connection.ask(filled);
    // It may have ended the session or the request.
    if (answer.status === 303 || answer.status === 400) this.#placeholders = undefined;
    return answer;
  }

  async expectAlive(): Promise<void> {
    const browser = new CodeBrowser(this.#portal);
    expect(await browser.authorize(this.#client, BEN)).toMatchObject({ code: expect.any(String) as string });
  }

  async #begin(): Promise<Placeholders> {
    this.#browser = new CodeBrowser(this.#portal);
    const request = { prompt: 'consent', redirect_uri: NATIVE };
    const page = await this.#browser.signIn(await this.#browser.open(this.#client, request), ANA);
    const { transaction = '', form_token = '', offer = '' } = fieldsOf(page, '/authorize/decision');
    return { transaction, form_token, offer, query: authorizeQuery(this.#client, { redirect_uri: NATIVE }) };
  }
}

let portal: ServedPortal;
let endpoint: AttackedEndpoint;

beforeAll(async () => {
  portal = await servePortal({ throttle: false, limits: { authorizationsPerNetwork: false, sessionsPerUser: 3 } });
  const client = await aCodeClient(portal, { redirectUris: [CALLBACK, NATIVE, 'com.example.app:/callback'] });
  endpoint = new AttackedEndpoint(portal, client);
});

const expectSafeAddress = (location: string): void => {
  expect(location).toMatch(/^[\x21-\x7E]+$/);
  if (/^\/authorize(?:\?|\/resume\?transaction=[\w-]{43}$)/.test(location)) return;
  const base = (location.split('?')[0] ?? '').replace(/^http:\/\/127\.0\.0\.1:\d{1,5}\//, 'http://127.0.0.1/');
  expect([CALLBACK, NATIVE, 'com.example.app:/callback']).toContain(base);
  expect(new URL(location).searchParams.getAll('iss')).toEqual([portal.url]);
};

const expectPage = (answer: WireAnswer): void => {
  expect(valuesOf(answer, 'x-content-type-options')).toEqual(['nosniff']);
  const [type = ''] = valuesOf(answer, 'content-type');
  expect(type).toMatch(/^text\/(?:html|plain|css|javascript)/);
  const isFile = /^text\/(?:css|javascript)/.test(type);
  expect(valuesOf(answer, 'cache-control')).toEqual([isFile ? 'public, max-age=3600' : 'no-store']);
  if (answer.status === 303) return;
  expect(valuesOf(answer, 'content-security-policy')[0]).toContain("frame-ancestors 'none'");
  expect(valuesOf(answer, 'x-frame-options')).toEqual(['DENY']);
};

const expectAllowed = (request: WireRequest, answer: WireAnswer): void => {
  if (answer.isOfHttp) {
    expect([[400, 431].includes(answer.status), answer.body]).toEqual([true, '']);
    return;
  }
  expect(STATUSES).toContain(answer.status);
  expect(answer.headers.map(([name]) => name.toLowerCase()).filter((name) => !HEADERS.has(name))).toEqual([]);
  for (const cookie of valuesOf(answer, 'set-cookie')) expect(cookie).toMatch(COOKIE);
  expect(answer.body).not.toContain(MARKUP.slice(0, 3));
  expect(answer.body).not.toContain(MARKUP.slice(-2));
  const locations = valuesOf(answer, 'location');
  expect(locations).toHaveLength(answer.status === 303 ? 1 : 0);
  for (const location of locations) expectSafeAddress(location);
  if (/^\/authorize(?:\/|\?|$)/.test(request.target)) expectPage(answer);
};

test(`S-148 S-155 S-359 any request to the authorization endpoint gets an allowed answer (${casesOf('authorizationRequests')} cases)`, async () => {
  await forAllCases('authorizationRequests', anyAuthorizationRequest, async (request) => {
    expectAllowed(request, await endpoint.ask(request));
  });
  await endpoint.expectAlive();
  expect(portal.lines.filter(({ level }) => level === 'error')).toEqual([]);
});
