import express, { type RequestHandler } from 'express';
import type { ApiDeclaration, ScopegateOptions } from 'scopegate';
import {
  aGate,
  APPLICATION,
  MARY,
  JOHN,
  type Pair,
  type TestGate,
  type TestScope,
  type TokenBody,
} from '../support/gate/gate';
import { serve } from '../support/http/raw-http';
import { APPLICATION_HEADER, basicHeader, FORM_TYPE } from '../support/tokens/token-requests';
import { KeptConnection, type WireAnswer, type WireRequest } from './kept-connection';
import { encodeForm, passwordForm, type TokenForm } from '../support/tokens/forms';

/** Of an application that no hostile request names. */
export const BYSTANDER: Pair = ['bystander', 'bystander-secret'];

/** The resources at `/api` of an attacked gate. */
const api: ApiDeclaration<TestScope> = {
  context: '/api',
  resources: [
    { path: '/', methods: ['GET'], scopes: ['read'] },
    { path: '/:id', methods: ['PUT', 'PATCH'], scopes: ['update'] },
    { path: '/:id', methods: ['GET'], anyOf: ['read', 'update'] },
    { path: '/health', methods: ['GET'], public: true },
    { path: '/special', methods: ['GET'], scopes: ['admin'] },
    { path: '/:id/lines/:line', methods: ['DELETE'] },
    { path: '/caf%c3%a9', methods: ['GET'] },
  ],
};

/** The response of a handler after a guard. */
export interface Reached {
  /** Which of the handlers, and where it was reached. */
  readonly at: string;
  readonly path: string;
  readonly scopes?: readonly string[];
}

export interface AttackedGate extends Pick<TestGate, 'gate' | 'signIn'> {
  /** Sends a request in which `{access}` and `{refresh}` are placeholders for live tokens. */
  ask(request: WireRequest): Promise<WireAnswer>;
  /** A form, posted as it should be. */
  post(target: string, form: TokenForm, headers?: readonly string[]): Promise<WireAnswer>;
  get(target: string, accessToken?: string): Promise<WireAnswer>;
  /** Signs in by a request of its own. @throws unless that is answered 200 */
  newTokens(form?: TokenForm): Promise<TokenBody>;
  /** The text of a handler, or nothing if none was reached. */
  reached(answer: WireAnswer): Reached | undefined;
  /** A right request of each kind, by a client and a user that have not been used so far. */
  expectAlive(): Promise<void>;
}

const put = (text: string, { access_token: access, refresh_token: refresh }: TokenBody): string =>
  text.replaceAll('{access}', access).replaceAll('{refresh}', refresh);

/**
 * A gate on a real socket, with handlers that record each request. Routes are those of `aGate`; `/api` is a
 * declared API, and `/map` takes GET with read and PUT with update. The host answers all other requests with 418.
 */
export const anAttackedGate = async (overrides: Partial<ScopegateOptions<TestScope>> = {}): Promise<AttackedGate> => {
  const application = { name: 'Orders app', owner: JOHN[0], subscriptions: ['api'] };
  const { gate, signIn } = aGate({
    apis: { api },
    applications: [
      { ...application, consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1] },
      { ...application, consumerKey: BYSTANDER[0], consumerSecret: BYSTANDER[1] },
    ],
    ...overrides,
  });
  const handler =
    (at: string): RequestHandler =>
    (incoming, response) => {
      const scopes = gate.findAuth(incoming)?.scopes;
      response.set('X-Reached', '1').json({ at, path: incoming.url, ...(scopes === undefined ? {} : { scopes }) });
    };

  const app = express();
  app.set('trust proxy', 'loopback');
  app.use(gate.routes());
  app.use('/api', gate.api('api'), handler('api'));
  app.use('/map', gate.requireScope({ GET: 'read', PUT: 'update' }), handler('map'));
  app.get('/orders', gate.requireScope('read'), handler('orders'));
  app.put('/orders/:id', gate.requireScope('update'), handler('order'));
  app.get('/admin', gate.requireScope('admin'), handler('admin'));
  app.get('/both', gate.requireScope('read', 'update'), handler('both'));
  app.get('/either', gate.requireScope({ anyOf: ['read', 'update'] }), handler('either'));
  app.get('/me', gate.requireToken(), handler('me'));
  app.use((_request, response) => void response.status(418).json({}));
  // Express itself cannot decode every path.
  app.use(((_error, _request, response, _next) => void response.status(418).json({})) as express.ErrorRequestHandler);
  const { port } = await serve(app);
  const connection = new KeptConnection(port);

  const post: AttackedGate['post'] = (target, form, headers = [FORM_TYPE, APPLICATION_HEADER]) =>
    connection.ask({ method: 'POST', target, headers, body: encodeForm(form) });

  const newTokens: AttackedGate['newTokens'] = async (form = passwordForm(JOHN, 'read update')) => {
    const answer = await post('/token', form);
    if (answer.status !== 200) throw new Error(`tokens were answered ${answer.status}: ${answer.body}`);
    return JSON.parse(answer.body) as TokenBody;
  };

  const get: AttackedGate['get'] = (target, accessToken) =>
    connection.ask({
      method: 'GET',
      target,
      headers: accessToken === undefined ? [] : [`Authorization: Bearer ${accessToken}`],
      body: '',
    });

  const reached: AttackedGate['reached'] = ({ headers, body }) =>
    headers.some(([name]) => name === 'X-Reached') && body !== '' ? (JSON.parse(body) as Reached) : undefined;

  let tokens: TokenBody | undefined;
  return {
    gate,
    signIn,
    post,
    get,
    newTokens,
    reached,
    ask: async (request) => {
      const held = (tokens ??= await newTokens());
      const { target, headers, body } = request;
      const answer = await connection.ask({
        ...request,
        target: put(target, held),
        headers: headers.map((line) => put(line, held)),
        body: put(body, held),
      });
      // A request that was right may have ended them.
      if (answer.status === 200 && /\{(?:access|refresh)\}/.test(body)) tokens = undefined;
      return answer;
    },
    expectAlive: async () => {
      const headers = [FORM_TYPE, basicHeader(BYSTANDER.join(':')), 'X-Forwarded-For: 198.51.100.1'];
      const signedIn = await post('/token', passwordForm(MARY, 'read'), headers);
      expect([signedIn.status, signedIn.body]).toEqual([200, expect.stringContaining('"scope":"read"')]);
      const { access_token: access, refresh_token: refresh } = JSON.parse(signedIn.body) as TokenBody;
      expect((await get('/orders', access)).status).toBe(200);
      expect((await post('/introspect', { token: access }, headers)).body).toContain('"active":true');
      expect((await post('/revoke', { token: refresh }, headers)).status).toBe(200);
      expect((await get('/orders', access)).status).toBe(401);
    },
  };
};
