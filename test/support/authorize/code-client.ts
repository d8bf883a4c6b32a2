import { createHash } from 'node:crypto';
import type { ManagedDirectory, NewApplication } from 'scopegate';
import { ANA, type ServedPortal } from '../portal/served-portal';

type Served = Pick<ServedPortal, 'url' | 'gate'>;

/** Where clients of the tests get their responses. Nothing is served there. */
export const CALLBACK = 'https://app.example/callback';

/** The verifier and challenge of RFC 7636 appendix B. */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

/** A client of the code grant. */
export interface CodeClient {
  readonly name: string;
  readonly id: string;
  readonly clientId: string;
  /** Absent for a public client. */
  readonly clientSecret?: string;
  readonly redirectUri: string;
}

/** Creates an application of Ana that subscribes to orders and has `CALLBACK` as its redirect URI. */
export const aCodeClient = async (
  { gate }: { readonly gate: { readonly directory: ManagedDirectory } },
  given: Partial<NewApplication> = {},
): Promise<CodeClient> => {
  const { applications } = gate.directory;
  const name = given.name ?? 'Code app';
  const redirectUris = given.redirectUris ?? [CALLBACK];
  const owner = ANA.username;
  const { id } = await applications.create({ owner, subscriptions: ['orders'], ...given, name, redirectUris });
  const environment = 'production';
  const key: Pick<CodeClient, 'clientId' | 'clientSecret'> =
    given.public === true
      ? await applications.generateClientId(id, { environment })
      : await applications.generateKeys(id, { environment });
  const { clientId, clientSecret } = key;
  const secret = clientSecret === undefined ? {} : { clientSecret };
  return { name, id, clientId, ...secret, redirectUri: redirectUris[0] ?? CALLBACK };
};

/** Parameters of an authorization request; `undefined` leaves one out. */
export type RequestParameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The query of an authorization request of a client. */
export const authorizeQuery = (
  client: Pick<CodeClient, 'clientId' | 'redirectUri'>,
  changes: RequestParameters = {},
): string => {
  const parameters: RequestParameters = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    scope: 'read update',
    state: 'state-1',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...changes,
  };
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : (value ?? [])).map((one): [string, string] => [name, one]),
  );
  return new URLSearchParams(pairs).toString();
};

/** The address at which a browser begins an authorization request. */
export const authorizeUrl = (
  { url }: Pick<Served, 'url'>,
  client: Pick<CodeClient, 'clientId' | 'redirectUri'>,
  changes: RequestParameters = {},
): string => `${url}/authorize?${authorizeQuery(client, changes)}`;

/** The parameters of an authorization response in the address to which a browser was sent. */
export const responseIn = (location: string | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(new URL(location ?? 'about:blank').searchParams);

/** The JSON of a token response, as far as tests read it. */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly scope: string;
  readonly error: string;
}

/** Posts a form to an endpoint as a client of the code grant, and returns status and body. */
export const postAs = async (
  { url }: Pick<Served, 'url'>,
  path: string,
  { clientId, clientSecret }: CodeClient,
  form: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly body: Tokens }> => {
  const secret = clientSecret === undefined ? {} : { client_secret: clientSecret };
  const answer = await fetch(url + path, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, ...secret, ...form }),
  });
  const text = await answer.text();
  return { status: answer.status, body: JSON.parse(text || '{}') as Tokens };
};

/** Exchanges a code. */
export const exchange = (
  served: Pick<Served, 'url'>,
  client: CodeClient,
  code: string | undefined,
  changes: Readonly<Record<string, string>> = {},
) =>
  postAs(served, '/token', client, {
    grant_type: 'authorization_code',
    code: code ?? '',
    redirect_uri: client.redirectUri,
    code_verifier: VERIFIER,
    ...changes,
  });
