import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import { scopegate, type Gate, type RedisLike, type ScopegateOptions } from 'scopegate';
import { Requests } from './requests';

type LoadScope = 'read';

/** Milliseconds. Twice the default: on a busy machine a Redis without a fault must not look like one that hangs. */
export const DEADLINE_MS = 500;

const CLIENT = ['load', 'load-secret'] as const;
const USERS = 20;
const PASSWORD = 'load-password';

/** The users that sign in: name and password. */
export const LOAD_USERS: readonly (readonly [string, string])[] = Array.from(
  { length: USERS },
  (_none, index) => [`user${index}@example.com@load`, PASSWORD] as const,
);

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Seconds for which a token is live in a run. Grants in doubt, whose response was lost, leave Redis after it. */
export interface Lifetimes {
  readonly access: number;
  readonly refresh: number;
}

const LIFETIMES: Lifetimes = { access: 600, refresh: 1_200 };

const optionsOf = ({ access, refresh }: Lifetimes): ScopegateOptions<LoadScope> => ({
  issuer: 'http://127.0.0.1',
  scopes: { read: 'See orders' },
  organizations: [{ key: 'load', name: 'Load' }],
  users: LOAD_USERS.map(([name]) => ({
    username: name.replace(/@load$/, ''),
    organization: 'load',
    password: PASSWORD,
  })),
  applications: [{ name: 'Load', owner: LOAD_USERS[0]?.[0] ?? '', consumerKey: CLIENT[0], consumerSecret: CLIENT[1] }],
  tokens: { accessTokenLifetime: access, refreshTokenLifetime: refresh, refreshGrace: 60 },
  // No grant ends because there are many.
  limits: { grantsPerUserAndClient: 1_000 },
  passwords: { memoryCost: 8, timeCost: 1, queueDeadline: 20_000 },
  // Full within seconds: a cache that is still being filled looks like memory that leaks.
  cache: { maxEntries: 200 },
  deadline: DEADLINE_MS,
  logger: silent,
});

const appOf = (gate: Gate<LoadScope>): Express => {
  const app = express();
  app.use(gate.routes());
  app.get('/orders', gate.requireScope('read'), (_request, response) => {
    response.json({ served: true });
  });
  return app;
};

const listen = (app: Express): Promise<Server> =>
  new Promise((resolve) => {
    // A server that closes an idle connection while a request is sent on it looks like a lost request.
    const server = createServer({ keepAliveTimeout: 600_000 }, app).listen(0, '127.0.0.1', () => resolve(server));
  });

/** A gate behind an Express server, and the way to send requests to it. */
export class GateUnderLoad {
  readonly gate: Gate<LoadScope>;
  readonly requests: Requests;
  readonly #server: Server;

  private constructor(gate: Gate<LoadScope>, server: Server) {
    this.gate = gate;
    this.#server = server;
    this.requests = new Requests((server.address() as AddressInfo).port, CLIENT);
  }

  /** Opens one, and waits until it is ready. */
  static async open(redis: RedisLike, prefix: string, lifetimes = LIFETIMES): Promise<GateUnderLoad> {
    const gate = scopegate<LoadScope>({ ...optionsOf(lifetimes), redis, prefix });
    const opened = new GateUnderLoad(gate, await listen(appOf(gate)));
    await gate.ready();
    return opened;
  }

  async close(): Promise<void> {
    this.requests.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
    await this.gate.close();
  }
}

/** Opens a gate that has no cache and only reads, to check what Redis holds. */
export const openReader = (redis: RedisLike, prefix: string): Gate<LoadScope> =>
  scopegate<LoadScope>({ ...optionsOf(LIFETIMES), redis, prefix, cache: false });
