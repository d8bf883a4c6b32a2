import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { sendRaw, type RawOptions, type RawResponse } from '../../../test/support/http/raw-http';
import { startGateway, type RunningGateway, type StartOptions } from '../../src/gateway';

export interface KeyPair {
  readonly consumerKey: string;
  readonly consumerSecret: string;
}

export const APPLICATION: KeyPair = { consumerKey: 'key', consumerSecret: 'secret' };
/** Has the role clerk. */
export const JOHN = { username: 'john@gmail.com', password: 'john-password' };
/** Has no role. */
export const JANE = { username: 'jane@gmail.com', password: 'jane-password' };

const folder = mkdtempSync(join(tmpdir(), 'example-gateway-'));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file of the tests' own and gives its path. */
export const aFile = (text: string, name = `gateway-${(files += 1)}.yaml`): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

type Keys = Readonly<Record<string, unknown>>;

/** A whole gateway file as an object; what is given replaces the key of that name. JSON is YAML. */
export const aConfiguration = (keys: Keys = {}): Keys => ({
  listen: { host: '127.0.0.1', port: 0 },
  scopes: { read: { description: 'See orders' }, update: { description: 'Change orders', roles: ['clerk'] } },
  apis: { orders: anApi('demo:orders') },
  organizations: [{ key: 'johnsorg' }],
  users: [
    { ...JOHN, organization: 'johnsorg', roles: ['clerk'] },
    { ...JANE, organization: 'johnsorg' },
  ],
  applications: [anApplication()],
  passwords: { memoryCost: 8, timeCost: 1 },
  ...keys,
});

/** John's application, which subscribes to `orders`, with what is given in place of its keys. */
export const anApplication = (keys: Keys = {}): Keys => ({
  name: 'Orders app',
  owner: `${JOHN.username}@johnsorg`,
  ...APPLICATION,
  subscriptions: ['orders'],
  ...keys,
});

/** The API of the tests: `/orders`, with what is given in place of its keys. */
export const anApi = (upstream: string, keys: Keys = {}): Keys => ({
  title: 'Orders',
  context: '/orders',
  upstream,
  resources: [
    { path: '/', methods: ['GET', 'POST'], scopes: ['read'] },
    { path: '/:id', methods: ['GET'], anyOf: ['read', 'update'] },
    { path: '/:id', methods: ['PUT', 'PATCH', 'DELETE'], scopes: ['update'] },
    { path: '/health', methods: ['GET', 'POST'], public: true },
    { path: '/any', methods: ['GET'] },
  ],
  ...keys,
});

const running = new Set<RunningGateway>();

afterAll(async () => {
  await Promise.all([...running].map((gateway) => gateway.close()));
});

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface TestGateway extends RunningGateway {
  readonly port: number;
  /** The log lines so far. */
  readonly lines: readonly LogLine[];
  /** Sends raw request lines and a body; `Host` and the token are added unless the lines contain them. */
  send(lines: readonly string[], options?: SendOptions): Promise<RawResponse & { readonly closed: boolean }>;
  /** Posts a form to an endpoint. */
  post(path: string, form: Form, client?: KeyPair): Promise<EndpointAnswer>;
  /** An access token. @throws unless it is granted */
  token(scope?: string, user?: typeof JOHN, client?: KeyPair): Promise<string>;
}

export type Form = Readonly<Record<string, string>>;

export interface EndpointAnswer {
  readonly status: number;
  /** Empty where the body is. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface SendOptions extends Omit<RawOptions, 'responses'> {
  readonly token?: string;
  readonly body?: string;
}

export interface GatewayOptions extends Partial<Omit<StartOptions, 'logger'>> {
  /** Of the file, unless that is given whole. */
  readonly keys?: Keys;
  /** The upstream of the API `orders`. */
  readonly upstream?: string;
}

const postForm = async (address: string, form: Form, client: KeyPair): Promise<EndpointAnswer> => {
  const basic = Buffer.from(`${client.consumerKey}:${client.consumerSecret}`).toString('base64');
  const answer = await fetch(address, {
    method: 'POST',
    headers: { Authorization: `Basic ${basic}` },
    body: new URLSearchParams(form),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as EndpointAnswer['body']) };
};

/** The form by which a user signs in. */
export const signInForm = (scope: string, { username, password }: typeof JOHN): Form => ({
  grant_type: 'password',
  username: `${username}@johnsorg`,
  password,
  scope,
});

/** A gateway on a free port with embedded stores; it is closed after the file's tests. */
export const aGateway = async ({ keys, upstream, ...options }: GatewayOptions = {}): Promise<TestGateway> => {
  const lines: LogLine[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) });
  const apis = upstream === undefined ? {} : { apis: { orders: anApi(upstream) } };
  const file = options.file ?? aFile(JSON.stringify(aConfiguration({ ...apis, ...keys }), null, 2));
  const gateway = await startGateway({ environment: {}, logger, ...options, file });
  running.add(gateway);
  const port = Number(new URL(gateway.url).port);
  const post: TestGateway['post'] = (path, form, client = APPLICATION) =>
    postForm(`${gateway.url}${path}`, form, client);

  return {
    ...gateway,
    port,
    lines,
    close: () => {
      running.delete(gateway);
      return gateway.close();
    },
    send: ([requestLine = '', ...fields], { token, body = '', ...rest } = {}) => {
      const has = (name: string): boolean => fields.some((field) => new RegExp(`^${name}:`, 'i').test(field));
      const added = [
        ...(has('Host') ? [] : ['Host: gateway.test']),
        ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
        ...(body === '' || has('Content-Length') || has('Transfer-Encoding')
          ? []
          : [`Content-Length: ${Buffer.byteLength(body, 'latin1')}`]),
      ];
      return sendRaw(port, [requestLine, ...added, ...fields, '', body].join('\r\n'), rest);
    },
    post,
    token: async (scope = 'read update', user = JOHN, client = APPLICATION) => {
      const { status, body } = await post('/token', signInForm(scope, user), client);
      const { access_token: token } = body;
      if (typeof token !== 'string') throw new Error(`sign-in was answered ${status}`);
      return token;
    },
  };
};

/** The messages with which a start is refused. @throws unless it is refused */
export const refusalOf = async (start: () => unknown): Promise<readonly string[]> => {
  try {
    await start();
  } catch (error) {
    if (error instanceof Error && 'messages' in error) return error.messages as readonly string[];
    throw error;
  }
  throw new Error('it started');
};
