import type { NewApplication } from 'scopegate';
import { ANA, servePortal, type ServedPortal, type ServeOptions } from '../portal/served-portal';
import { CodeBrowser, type Fields, type Shown } from './code-browser';
import { aCodeClient, exchange, postAs, responseIn } from './code-client';
import type { CodeClient, RequestParameters, Tokens } from './code-client';

/** A gateway with clients of the code grant. Every request is of a new browser. */
export interface CodeFlow {
  readonly portal: ServedPortal;
  /** Creates a client. @param given is merged into that of `aCodeClient`; each has a name of its own */
  readonly aClient: (given?: Partial<NewApplication>) => Promise<CodeClient>;
  /** Opens an authorization request. */
  readonly open: (client: CodeClient, changes?: RequestParameters) => Promise<Shown>;
  /** Opens an authorization request. @returns the parameters of the response; none if a page is shown */
  readonly responseTo: (client: CodeClient, changes?: RequestParameters) => Promise<Fields>;
  /** Gets a code for Ana. @throws if the response has none */
  readonly codeFor: (client: CodeClient, changes?: RequestParameters) => Promise<string>;
  /** Gets tokens for Ana. @throws if they are refused */
  readonly tokensFor: (client: CodeClient, changes?: RequestParameters) => Promise<Tokens>;
  /** Exchanges a refresh token. */
  readonly refresh: (client: CodeClient, token: string, changes?: Fields) => ReturnType<typeof postAs>;
  /** Sends a request with an access token to an API. @returns the status */
  readonly statusOf: (path: string, token: string, method?: string) => Promise<number>;
}

/** Serves a gateway. It is closed after the tests. */
export const openCodeFlow = async (
  options: Parameters<typeof servePortal>[0] = {},
  host: ServeOptions = {},
): Promise<CodeFlow> => {
  const portal = await servePortal(options, host);
  let made = 0;
  const aClient: CodeFlow['aClient'] = (given) => {
    made += 1;
    return aCodeClient(portal, { name: `Code app ${made}`, ...given });
  };
  const open: CodeFlow['open'] = (client, changes) => new CodeBrowser(portal).open(client, changes);
  const codeFor: CodeFlow['codeFor'] = async (client, changes) => {
    const response = await new CodeBrowser(portal).authorize(client, ANA, changes);
    const { code } = response;
    if (code === undefined) throw new Error(`the response has no code: ${JSON.stringify(response)}`);
    return code;
  };
  return {
    portal,
    aClient,
    open,
    responseTo: async (client, changes) => responseIn((await open(client, changes)).location),
    codeFor,
    tokensFor: async (client, changes) => {
      const { redirect_uri: redirect } = changes ?? {};
      const same: Fields = typeof redirect === 'string' ? { redirect_uri: redirect } : {};
      const { status, body } = await exchange(portal, client, await codeFor(client, changes), same);
      if (status !== 200) throw new Error(`the code was answered ${status}: ${JSON.stringify(body)}`);
      return body;
    },
    refresh: (client, token, changes) =>
      postAs(portal, '/token', client, { grant_type: 'refresh_token', refresh_token: token, ...changes }),
    statusOf: async (path, token, method = 'GET') =>
      (await fetch(portal.url + path, { method, headers: { Authorization: `Bearer ${token}` } })).status,
  };
};

/** Headers with which a proxy passes on a request of another machine, without TLS. */
export const OVER_HTTP: Fields = { 'X-Forwarded-For': '203.0.113.9' };
export const OVER_TLS: Fields = { ...OVER_HTTP, 'X-Forwarded-Proto': 'https' };

/** Serves a gateway with an https issuer, behind a proxy that it trusts. */
export const openTlsFlow = (): Promise<CodeFlow> =>
  openCodeFlow({ issuer: 'https://api.example.com' }, { settings: { 'trust proxy': true } });
