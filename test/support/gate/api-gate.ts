import express, { type Express } from 'express';
import request, { type Test } from 'supertest';
import {
  scopegate,
  type Environment,
  type Gate,
  type ManagedDirectory,
  type NewApplication,
  type ScopegateOptions,
} from 'scopegate';
import { closeAtEnd, gateOptions, JOHN, recordedLogger, type Pair, type TestGate, type TokenBody } from './gate';
import { passwordForm, clientForm } from '../tokens/forms';

/** `read` is needed by both APIs, `update` by orders and the role clerk, `count` by stock, and `audit` by neither. */
export type ApiScope = 'read' | 'update' | 'count' | 'audit';

type ApiOptions = ScopegateOptions<ApiScope>;

/** Orders has no sandbox, stock has one. */
export const apis: NonNullable<ApiOptions['apis']> = {
  orders: {
    resources: [
      { path: '/', methods: ['GET'], scopes: ['read'] },
      { path: '/:id', methods: ['PUT'], scopes: ['update'] },
      { path: '/any', methods: ['GET'] },
      { path: '/open', methods: ['GET'], public: true },
    ],
  },
  stock: {
    sandbox: true,
    resources: [
      { path: '/', methods: ['GET'], scopes: ['read'] },
      { path: '/counts', methods: ['POST'], scopes: ['count'] },
      { path: '/either', methods: ['GET'], anyOf: ['read', 'count'] },
    ],
  },
};

export const apiGateOptions = (overrides: Partial<ApiOptions> = {}): ApiOptions => {
  const { logger } = recordedLogger();
  const { issuer, organizations = [], users = [], passwords = {} } = gateOptions(logger);
  return {
    issuer,
    scopes: {
      read: 'See orders and stock',
      update: { description: 'Change orders', roles: ['clerk'] },
      count: 'Count the stock',
      audit: 'Look into the books',
    },
    apis,
    organizations,
    users,
    passwords,
    logger,
    ...overrides,
  };
};

export interface ApiGate extends Pick<TestGate, 'token' | 'get' | 'put' | 'served'> {
  readonly gate: Gate<ApiScope>;
  /** Adds further routes, until the first request. */
  readonly app: Express;
  post(path: string, token?: string): Test;
  /** Signs a user in. @throws unless that is answered 200 */
  signIn(credentials: Pair, scope?: string, user?: Pair): Promise<TokenBody>;
}

const bodyOf = ({ status, text, body }: { status: number; text: string; body: unknown }): TokenBody => {
  if (status !== 200) throw new Error(`a token request was answered ${status}: ${text}`);
  return body as TokenBody;
};

/**
 * A gate with two APIs in front of a handler that returns the token's facts: orders at `/orders`, stock at `/stock`.
 * `GET /me` needs any live token and belongs to neither.
 */
export const anApiGate = (overrides: Partial<ApiOptions> = {}): ApiGate => {
  const gate = closeAtEnd(scopegate<ApiScope>(apiGateOptions(overrides)));
  let served = 0;
  const handler: express.RequestHandler = (incoming, response) => {
    served += 1;
    response.json(gate.findAuth(incoming) ?? {});
  };
  const app = express();
  app.use(gate.routes());
  app.use('/orders', gate.api('orders'), handler);
  app.use('/stock', gate.api('stock'), handler);
  app.get('/me', gate.requireToken(), handler);

  const withToken = (test: Test, text?: string): Test =>
    text === undefined ? test : test.auth(text, { type: 'bearer' });
  const token: ApiGate['token'] = (form, credentials) => {
    const post = request(app).post('/token').type('form').send(form);
    return credentials === null || credentials === undefined ? post : post.auth(...credentials);
  };
  return {
    gate,
    app,
    served: () => served,
    token,
    get: (path, text) => withToken(request(app).get(path), text),
    put: (path, text) => withToken(request(app).put(path), text),
    post: (path, text) => withToken(request(app).post(path), text),
    signIn: async (credentials, scope, user = JOHN) => bodyOf(await token(passwordForm(user, scope), credentials)),
  };
};

interface Managed {
  readonly gate: { readonly directory: ManagedDirectory };
}

/** One more key pair of an application. */
export const aKeyPair = async ({ gate }: Managed, id: string, environment: Environment): Promise<Pair> => {
  const { clientId, clientSecret } = await gate.directory.applications.generateKeys(id, { environment });
  return [clientId, clientSecret];
};

/** An application that is made at run time, with a production key. It is John's where no owner is given. */
export const aMadeApplication = async ({ gate }: Managed, application: Partial<NewApplication> = {}) => {
  const { applications } = gate.directory;
  const { id } = await applications.create({ name: 'Made app', owner: JOHN[0], ...application });
  const { clientId, clientSecret, secretId } = await applications.generateKeys(id, { environment: 'production' });
  const keys: Pair = [clientId, clientSecret];
  return { id, clientId, keys, secretId };
};

/** A client's own token. @throws unless it is given */
export const clientToken = async (
  { token }: Pick<TestGate, 'token'>,
  credentials: Pair,
  scope?: string,
): Promise<TokenBody> => bodyOf(await token(clientForm(scope), credentials));

/** The status of an answer. */
export const statusOf = async (answer: PromiseLike<{ readonly status: number }>): Promise<number> =>
  (await answer).status;
