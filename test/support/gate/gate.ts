import express, { type Express } from 'express';
import request, { type Response, type Test } from 'supertest';
import {
  scopegate,
  type ApplicationDeclaration,
  type Gate,
  type LogFields,
  type Logger,
  type ScopegateOptions,
} from 'scopegate';
import { passwordForm } from '../tokens/forms';

/** The scopes of `aGate`. */
export type TestScope = 'read' | 'update' | 'admin';

/** Name and password, or consumer key and secret. */
export type Pair = readonly [name: string, password: string];

export const APPLICATION: Pair = ['key', 'secret'];
/** Has the role clerk. */
export const JOHN: Pair = ['john@gmail.com@johnsorg', 'john-password'];
/** Has no role. */
export const JANE: Pair = ['jane@gmail.com@johnsorg', 'jane-password'];

/** Has the role manager. */
export const MARY: Pair = ['mary@gmail.com@johnsorg', 'mary-password'];

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: LogFields;
  readonly message: string;
}

/** A logger that prints nothing and keeps every line. */
export const recordedLogger = (): { readonly logger: Logger; readonly lines: readonly LogLine[] } => {
  const lines: LogLine[] = [];
  const write =
    (level: LogLine['level']) =>
    (fields: LogFields, message: string): void => {
      lines.push({ level, fields, message });
    };
  return { logger: { info: write('info'), warn: write('warn'), error: write('error') }, lines };
};

/** A logger that discards every line. */
export const silentLogger: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Milliseconds. For gates whose Redis answers: a busy machine must not look like a Redis that hangs. */
export const PATIENT_DEADLINE_MS = 5_000;

/** The cheapest argon2id there is, and no refusal because the machine is busy: tests are about what happens around it. */
export const cheapPasswords = { memoryCost: 8, timeCost: 1, queueDeadline: 20_000 } as const;

/** The application of `aGate`, with subscriptions to APIs that the test declares. */
export const subscribing = (...subscriptions: readonly string[]): readonly ApplicationDeclaration<TestScope>[] => [
  { name: 'Orders app', owner: JOHN[0], consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1], subscriptions },
];

/** Options of `aGate`, for tests that build a gate of their own. */
export const gateOptions = (logger: Logger): ScopegateOptions<TestScope> => ({
  issuer: 'http://127.0.0.1',
  scopes: {
    read: 'See orders',
    update: { description: 'Change orders', roles: ['clerk'] },
    admin: { description: 'Change everything', roles: ['manager'] },
  },
  organizations: [{ key: 'johnsorg', name: "John's organization" }],
  users: [
    { username: 'john@gmail.com', organization: 'johnsorg', password: JOHN[1], roles: ['clerk'] },
    { username: 'jane@gmail.com', organization: 'johnsorg', password: JANE[1] },
    { username: 'mary@gmail.com', organization: 'johnsorg', password: MARY[1], roles: ['manager'] },
  ],
  applications: subscribing(),
  passwords: cheapPasswords,
  deadline: PATIENT_DEADLINE_MS,
  logger,
});

/** A token endpoint's JSON response, as far as tests read it. */
export interface TokenBody {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly error: string;
  readonly error_description: string;
}

export interface TestGate {
  readonly gate: Gate<TestScope>;
  readonly app: Express;
  /** The log lines of the gate so far. */
  readonly lines: readonly LogLine[];
  /** How often a guarded handler has run. */
  readonly served: () => number;
  /** Posts a form to the token endpoint; `null` sends no client credentials. */
  token(form: Readonly<Record<string, string>>, credentials?: Pair | null): Test;
  /** Posts a form to another endpoint; `null` sends no client credentials. */
  postTo(path: string, form: Readonly<Record<string, string>>, credentials?: Pair | null): Test;
  get(path: string, token?: string): Test;
  put(path: string, token?: string): Test;
  /** Signs a user in, again while a gate with a short deadline answers 503. @throws unless that is answered 200 */
  signIn(user?: Pair, scope?: string, credentials?: Pair): Promise<TokenBody>;
  close(): Promise<void>;
}

const MAX_TRIES = 20;

/** Sends a request that is not what its test is about, again while a busy machine makes the store miss its deadline. */
const sentWhenServed = async (send: () => Test): Promise<Response> => {
  let answer = await send();
  for (let tries = 1; answer.status === 503 && tries < MAX_TRIES; tries += 1) answer = await send();
  return answer;
};

const opened = new Set<Pick<Gate, 'close'>>();

/** Closes a gate at the end of the test file, if the test does not do it before. */
export const closeAtEnd = <G extends Pick<Gate, 'close'>>(gate: G): G => {
  opened.add(gate);
  return gate;
};

afterAll(async () => {
  await Promise.all([...opened].map((gate) => gate.close()));
  opened.clear();
});

/**
 * A gate on embedded stores with an Express app in front of it: `GET /orders` needs read, `PUT /orders/:id` update,
 * `GET /admin` admin, `GET /both` read and update, `GET /either` one of them, `GET /me` any live token and answers what
 * it says; `GET /open` is not guarded. Gates close by themselves at the end of the file.
 */
export const aGate = (overrides: Partial<ScopegateOptions<TestScope>> = {}): TestGate => {
  const { logger, lines } = recordedLogger();
  const gate = closeAtEnd(scopegate<TestScope>({ ...gateOptions(logger), ...overrides }));
  let served = 0;

  const app = express();
  app.use(gate.routes());
  const handler: express.RequestHandler = (_request, response) => {
    served += 1;
    response.json({ served: true });
  };
  app.get('/orders', gate.requireScope('read'), handler);
  app.put('/orders/:id', gate.requireScope('update'), handler);
  app.get('/admin', gate.requireScope('admin'), handler);
  app.get('/both', gate.requireScope('read', 'update'), handler);
  app.get('/either', gate.requireScope({ anyOf: ['read', 'update'] }), handler);
  app.get('/me', gate.requireToken(), (incoming, response) => {
    served += 1;
    response.json(gate.auth(incoming));
  });
  app.get('/open', (_request, response) => {
    response.json({ open: true });
  });

  const postTo: TestGate['postTo'] = (path, form, credentials = APPLICATION) => {
    const posted = request(app).post(path).type('form').send(form);
    return credentials === null ? posted : posted.auth(...credentials);
  };
  const token: TestGate['token'] = (form, credentials) => postTo('/token', form, credentials);
  const withToken = (test: Test, text?: string): Test =>
    text === undefined ? test : test.set('Authorization', `Bearer ${text}`);

  return {
    gate,
    app,
    lines,
    served: () => served,
    token,
    postTo,
    get: (path, text) => withToken(request(app).get(path), text),
    put: (path, text) => withToken(request(app).put(path), text),
    signIn: async ([username, password] = JOHN, scope, credentials) => {
      const form = passwordForm([username, password], scope);
      const answer = await sentWhenServed(() => token(form, credentials));
      if (answer.status !== 200) throw new Error(`sign-in was answered ${answer.status}: ${answer.text}`);
      return answer.body as TokenBody;
    },
    close: () => gate.close(),
  };
};
