import express, { type RequestHandler } from 'express';
import type { ScopegateOptions, SignInContext, VerifyUser } from 'scopegate';
import { aGate, APPLICATION, JOHN, type TestGate, type TestScope } from '../gate/gate';
import { rawRequest, sendRaw, serve, type RawOptions } from '../http/raw-http';
import { encodeForm, type TokenForm } from './forms';

/** John signs in for `read`. */
export const PASSWORD_FORM = { grant_type: 'password', username: JOHN[0], password: JOHN[1], scope: 'read' } as const;

/** An Authorization header of which nothing is encoded but the base64. */
export const basicHeader = (credentials: string | Uint8Array): string =>
  `Authorization: Basic ${Buffer.from(credentials).toString('base64')}`;

/** Header lines of a right request. */
export const FORM_TYPE = 'Content-Type: application/x-www-form-urlencoded';
export const APPLICATION_HEADER = basicHeader(APPLICATION.join(':'));

export interface TokenRequestParts {
  readonly method?: string;
  readonly target?: string;
  /** All header lines but Host and Content-Length. @default those of a right request */
  readonly headers?: readonly string[];
}

/** The bytes of a request to the token endpoint. */
export const tokenRequest = (form: TokenForm, parts: TokenRequestParts = {}): Buffer => {
  const { method = 'POST', target = '/token', headers = [FORM_TYPE, APPLICATION_HEADER] } = parts;
  return rawRequest([`${method} ${target} HTTP/1.1`, 'Host: gateway', ...headers], encodeForm(form));
};

type RawAnswer = ReturnType<typeof sendRaw>;

export interface ServedGate extends TestGate {
  readonly port: number;
  /** Sends a raw request to the token endpoint. */
  post(form: TokenForm, parts?: TokenRequestParts, options?: RawOptions): RawAnswer;
  /** How many requests got past `gate.routes()` to what the host has behind it. */
  readonly passed: () => number;
}

export interface Host {
  /** Handlers that the host runs before `gate.routes()`. */
  readonly inFront?: readonly RequestHandler[];
  /** Settings of its app. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A gate behind a real socket, with a route behind it that answers whatever gets there. */
export const aServedGate = async (
  overrides: Partial<ScopegateOptions<TestScope>> = {},
  { inFront = [], settings = {} }: Host = {},
): Promise<ServedGate> => {
  const gate = aGate(overrides);
  let passed = 0;
  const app = express();
  for (const [name, value] of Object.entries(settings)) app.set(name, value);
  for (const handler of inFront) app.use(handler);
  app.use(gate.gate.routes());
  app.use((_request, response) => {
    passed += 1;
    response.status(418).json({ passed: true });
  });
  const { port } = await serve(app);
  return {
    ...gate,
    app,
    port,
    post: (form, parts, options) => sendRaw(port, tokenRequest(form, parts), options),
    passed: () => passed,
  };
};

export interface RecordedSource {
  readonly users: VerifyUser;
  /** The arguments of its calls, in order. */
  readonly asked: readonly (readonly [username: string, password: string, context: SignInContext])[];
}

/** A users function that records its calls. By default it accepts every user name, with the role clerk. */
export const aSource = (answer: VerifyUser = (username) => ({ id: username, roles: ['clerk'] })): RecordedSource => {
  const asked: [string, string, SignInContext][] = [];
  const users: VerifyUser = (...question) => {
    asked.push(question);
    return answer(...question);
  };
  return { users, asked };
};

/** Returns a function that returns the number of passwords that were checked in the present test. */
export const countPasswordChecks = ({ asked }: RecordedSource): (() => number) => {
  let before = 0;
  beforeEach(() => {
    before = asked.length;
  });
  return () => asked.length - before;
};
