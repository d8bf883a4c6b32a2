import express, { type Express } from 'express';
import type { Redis } from 'ioredis';
import { scopegate, type Gate, type ScopegateOptions } from 'scopegate';
import { answerOf, type InProcessResponse } from '../http/in-process';
import { FollowedRedis } from '../redis/followed-redis';
import { encodeForm } from '../tokens/forms';
import { cheapPasswords, PATIENT_DEADLINE_MS, silentLogger, type Pair } from './gate';

/** The scopes of an in-process gate. The second needs the role clerk. */
export type InProcessScope = 'read' | 'update';

export type Declarations = Pick<ScopegateOptions<InProcessScope>, 'organizations' | 'users' | 'applications'>;

/** What gates must share to be gates of one product. */
export interface Shared {
  readonly redis: Redis;
  readonly prefix: string;
  /** Does not advance unless a test moves it, so that nothing expires. */
  readonly clock: () => number;
}

const tokens = { accessTokenLifetime: 3_600, refreshTokenLifetime: 7_200, refreshGrace: 60 };

const options: Omit<ScopegateOptions<InProcessScope>, 'redis'> = {
  issuer: 'http://127.0.0.1',
  scopes: { read: 'See orders', update: { description: 'Change orders', roles: ['clerk'] } },
  passwords: cheapPasswords,
  throttle: false,
  deadline: PATIENT_DEADLINE_MS,
  logger: silentLogger,
  tokens,
};

const appOf = (gate: Gate<InProcessScope>): Express => {
  const app = express();
  app.use(gate.routes());
  app.get('/me', gate.requireToken(), (request, response) => {
    response.end(JSON.stringify(gate.auth(request)));
  });
  return app;
};

/** A gate on Redis whose endpoints and guard are called in this process, for tests that send very many requests. */
export class InProcessGate {
  readonly gate: Gate<InProcessScope>;
  readonly #app: Express;
  readonly #followed: FollowedRedis;

  private constructor(gate: Gate<InProcessScope>, followed: FollowedRedis) {
    this.gate = gate;
    this.#app = appOf(gate);
    this.#followed = followed;
  }

  /** Opens a gate, and waits until it is ready and caches. */
  static async open({ redis, prefix, clock }: Shared, declarations: Declarations): Promise<InProcessGate> {
    const followed = new FollowedRedis(redis);
    const gate = scopegate<InProcessScope>({ ...options, ...declarations, prefix, clock, redis: followed.client });
    try {
      await Promise.all([gate.ready(), followed.opened]);
    } catch (thrown) {
      await gate.close();
      throw thrown;
    }
    return new InProcessGate(gate, followed);
  }

  /** Resolves when the gate has received what other gates have announced. */
  catchUp(): Promise<void> {
    return this.#followed.catchUp();
  }

  /** Posts a form to an endpoint, as a client with this secret. */
  post(path: string, form: Readonly<Record<string, string>>, [key, secret]: Pair) {
    return answerOf(this.#app, {
      method: 'POST',
      path,
      headers: [
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ['Authorization', `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`],
      ],
      body: encodeForm(form),
    });
  }

  /** Sends a request with a token to a guard that accepts any live token, and answers what it says. */
  use(token: string): Promise<InProcessResponse> {
    return answerOf(this.#app, { method: 'GET', path: '/me', headers: [['Authorization', `Bearer ${token}`]] });
  }

  close(): Promise<void> {
    return this.gate.close();
  }
}
