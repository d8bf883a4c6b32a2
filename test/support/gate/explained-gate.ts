import express from 'express';
import request, { type Test } from 'supertest';
import { scopegate, type ScopegateOptions } from 'scopegate';
import {
  cheapPasswords,
  closeAtEnd,
  JANE,
  JOHN,
  PATIENT_DEADLINE_MS,
  recordedLogger,
  type Pair,
  type TokenBody,
} from './gate';
import { passwordForm } from '../tokens/forms';

/** `read` and `update` are needed by orders, `read` by its archive too, `count` by stock, `audit` by none. */
export type ExplainedScope = 'read' | 'update' | 'count' | 'audit';

/** Subscribes to orders and its archive. Its sandbox key is `SANDBOX`. */
export const APP: Pair = ['app', 'app-secret'];
export const SANDBOX: Pair = ['app-sandbox', 'app-sandbox-secret'];
/** Subscribes to orders, and may have `read` alone. */
export const NARROW: Pair = ['narrow', 'narrow-secret'];
/** Subscribes to orders, and lists every scope. */
export const LISTING: Pair = ['listing', 'listing-secret'];
/** Subscribes to nothing. */
export const OUTSIDER: Pair = ['outsider', 'outsider-secret'];

const application = ([consumerKey, consumerSecret]: Pair) => ({
  name: `App ${consumerKey}`,
  owner: JOHN[0],
  consumerKey,
  consumerSecret,
});

export const explainedOptions = (
  overrides: Partial<ScopegateOptions<ExplainedScope>> = {},
): ScopegateOptions<ExplainedScope> => ({
  issuer: 'http://127.0.0.1',
  scopes: {
    read: 'See orders',
    update: { description: 'Change orders', roles: ['clerk', 'manager'] },
    count: 'Count the stock',
    audit: 'Look into the books',
  },
  apis: {
    orders: {
      resources: [
        { path: '/', methods: ['GET'], scopes: ['read'] },
        { path: '/:id', methods: ['GET'], anyOf: ['read', 'update'] },
        { path: '/:id', methods: ['PUT', 'DELETE'], scopes: ['update'] },
        { path: '/:id/lines', methods: ['POST'], scopes: ['read', 'update'] },
        { path: '/open', methods: ['GET'], public: true },
        { path: '/any', methods: ['GET'] },
      ],
    },
    archive: { context: '/orders/archive', resources: [{ path: '/:year', methods: ['GET'], scopes: ['read'] }] },
    stock: { sandbox: true, resources: [{ path: '/', methods: ['GET'], scopes: ['count'] }] },
  },
  organizations: [{ key: 'johnsorg', name: "John's organization" }],
  users: [
    { username: 'john@gmail.com', organization: 'johnsorg', password: JOHN[1], roles: ['clerk'] },
    { username: 'jane@gmail.com', organization: 'johnsorg', password: JANE[1] },
  ],
  applications: [
    {
      ...application(APP),
      subscriptions: ['orders', 'archive'],
      sandbox: { consumerKey: SANDBOX[0], consumerSecret: SANDBOX[1] },
    },
    { ...application(NARROW), subscriptions: ['orders'], scopes: ['read'] },
    { ...application(LISTING), subscriptions: ['orders'], scopes: ['read', 'update', 'count', 'audit'] },
    application(OUTSIDER),
  ],
  passwords: cheapPasswords,
  deadline: PATIENT_DEADLINE_MS,
  logger: recordedLogger().logger,
  ...overrides,
});

/** A gate with its APIs mounted where they are declared, the longer context first. */
export const anExplainedGate = (overrides: Partial<ScopegateOptions<ExplainedScope>> = {}) => {
  const { logger, lines } = recordedLogger();
  const gate = closeAtEnd(scopegate<ExplainedScope>(explainedOptions({ logger, ...overrides })));
  const app = express();
  app.use(gate.routes(), gate.canonicalPaths());
  const served: express.RequestHandler = (_request, response) => {
    response.json({ served: true });
  };
  app.use('/orders/archive', gate.api('archive'), served);
  app.use('/orders', gate.api('orders'), served);
  app.use('/stock', gate.api('stock'), served);

  const token = (form: object, [key, secret]: Pair = APP): Test =>
    request(app).post('/token').auth(key, secret).type('form').send(form);
  return {
    gate,
    app,
    lines,
    token,
    /** Signs a user in. @throws unless that is answered 200 */
    signIn: async (scope: string, credentials: Pair = APP, user: Pair = JOHN): Promise<TokenBody> =>
      (await token(passwordForm(user, scope), credentials).expect(200)).body as TokenBody,
  };
};

export type ExplainedGate = ReturnType<typeof anExplainedGate>;

/** The request of a question to `explain`. */
export const GET = (path: string) => ({ method: 'GET', path });
