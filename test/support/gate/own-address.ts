import type { RequestListener } from 'node:http';
import express, { type Express } from 'express';
import { scopegate, type Gate, type ScopegateOptions } from 'scopegate';
import { closeAtEnd, recordedLogger, type TestScope, gateOptions } from './gate';
import { rawRequest, sendRaw, serve } from '../http/raw-http';

/** What a host adds to its app after the gate's own routes. */
export type Furnish = (app: Express, gate: Gate<TestScope>) => void;

export interface AddressedGate {
  readonly gate: Gate<TestScope>;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly issuer: string;
  readonly port: number;
  /** A raw request; anything that the gate leaves to its host is answered 418. */
  send(method: string, target: string, ...headers: readonly string[]): ReturnType<typeof sendRaw>;
}

/**
 * A gate whose issuer is the address at which it is served, so that the addresses that it returns work. If the
 * issuer has a path, the host mounts `wellKnown()` at its root and `routes()` at that path.
 */
export const atItsAddress = async (
  issuerPath: string,
  overrides: Partial<ScopegateOptions<TestScope>> = {},
  furnish: Furnish = () => undefined,
): Promise<AddressedGate> => {
  let answer: RequestListener = (_request, response) => response.destroy();
  const { port, url: origin } = await serve((incoming, response) => answer(incoming, response));
  const issuer = origin + issuerPath;
  const gate = closeAtEnd(scopegate<TestScope>({ ...gateOptions(recordedLogger().logger), ...overrides, issuer }));

  const app = express();
  const mount = issuerPath.replace(/\/$/, '');
  if (mount === '') app.use(gate.routes());
  else app.use(gate.wellKnown()).use(mount, gate.routes());
  furnish(app, gate);
  app.use((_request, response) => {
    response.status(418).json({ passed: true });
  });
  answer = app;

  const send: AddressedGate['send'] = (method, target, ...headers) =>
    sendRaw(port, rawRequest([`${method} ${target} HTTP/1.1`, 'Host: gateway', 'Connection: close', ...headers]));
  return { gate, origin, issuer, port, send };
};

export type Metadata = Readonly<Record<string, unknown>>;

/** The document at an address, as a client reads it. @throws unless there is one */
export const documentAt = async (address: string): Promise<Metadata> => {
  const answer = await fetch(address);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${address} was answered ${answer.status}: ${text}`);
  return JSON.parse(text) as Metadata;
};

/** A member that is a list of texts; `undefined` where it is left out. @throws for anything else */
export const listIn = (metadata: Metadata, name: string): readonly string[] | undefined => {
  const value = metadata[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((one): one is string => typeof one === 'string')) return value;
  throw new Error(`${name} is no list of texts: ${JSON.stringify(value)}`);
};
