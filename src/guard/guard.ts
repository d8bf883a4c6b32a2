import type { Request, RequestHandler } from 'express';
import { kindOfError, type Logger } from '../events/logger';
import { readBearerCredentials } from '../protocol/credentials';
import { StoreUnavailableError, UnguardedError } from '../protocol/errors';
import { queryNames } from '../protocol/parameters';
import type { AccessTokenRecord } from '../tokens/records';
import { authOf, type Auth } from './auth';
import { refuse, type Refusal, type Refusals } from './refusals';
import { anyToken, type CompiledRequirement } from './requirements';

export interface GuardServices {
  /** The record of a live access token, or `undefined`. */
  readonly findToken: (accessToken: string) => Promise<AccessTokenRecord | undefined>;
  readonly refusals: Refusals;
  readonly logger: Logger;
}

/** What stands before protected resources (RFC 6750). It never reads a body, and never passes what it could not check. */
export class Guard {
  readonly #auths = new WeakMap<object, Auth>();
  readonly #services: GuardServices;

  constructor(services: GuardServices) {
    this.#services = services;
  }

  /** The same with another requirement for each method. */
  requireByMethod(requirements: ReadonlyMap<string, CompiledRequirement>): RequestHandler {
    const checks = new Map([...requirements].map(([method, requirement]) => [method, this.require(requirement)]));
    const notAllowed = this.#services.refusals.methodNotAllowed(allowedMethods([...requirements.keys()]));
    return (request, response, next) => {
      const check = forMethod(checks, request.method);
      if (check === undefined) refuse(response, notAllowed);
      else void check(request, response, next);
    };
  }

  /** What a verified token says; nothing on a request that no guard has let through. */
  find(request: object): Auth | undefined {
    return this.#auths.get(request);
  }

  /** @throws UnguardedError */
  get(request: object): Auth {
    const auth = this.#auths.get(request);
    if (auth !== undefined) return auth;
    throw new UnguardedError(describeUnguarded(request as Partial<Request>));
  }

  /**
   * A middleware that lets a request with a live token through whose scope meets the requirement. Compiled once for each
   * place where it is mounted.
   */
  require(requirement: CompiledRequirement): RequestHandler {
    const { findToken, refusals, logger } = this.#services;
    const insufficient = requirement === anyToken ? undefined : refusals.insufficientScope(requirement);

    // Validity is settled before scope: an expired token must not be told that it lacks one (RFC 6750 §3.1).
    const judge = (record: AccessTokenRecord | undefined): Refusal | Auth => {
      if (record === undefined) return refusals.invalidToken;
      if (insufficient !== undefined && !requirement.isMetBy(record.scopes)) return insufficient;
      return authOf(record);
    };

    const failed = (thrown: unknown): Refusal => {
      if (!(thrown instanceof StoreUnavailableError))
        logger.error(kindOfError(thrown), 'A guard failed and refused the request');
      return refusals.unavailable;
    };

    return (request, response, next) => {
      this.#auths.delete(request);
      const token = readToken(request);
      if (typeof token !== 'string') {
        refuse(response, token.malformed ? refusals.malformed : refusals.unauthenticated);
        return;
      }
      lookUp(findToken, token)
        .then(judge)
        .catch(failed)
        .then((verdict) => {
          if ('status' in verdict) refuse(response, verdict);
          else if (!response.headersSent && !response.destroyed) {
            this.#auths.set(request, verdict);
            next();
          }
        })
        .catch(() => response.destroy()); // whatever is thrown behind `next` was not handled there
    };
  }
}

/** A function that throws at once must end like one that rejects. */
const lookUp = async (findToken: GuardServices['findToken'], token: string) => findToken(token);

const readToken = (request: Request): string | { readonly malformed: boolean } => {
  const credentials = readBearerCredentials(request.rawHeaders);
  if (credentials.kind !== 'token') return { malformed: credentials.kind === 'malformed' };
  // A second token in the URL makes it two ways of sending one (RFC 6750 §2); there alone it is not looked at.
  return queryNames(request.originalUrl).includes('access_token') ? { malformed: true } : credentials.token;
};

/** What stands for a method; HEAD follows GET. */
export const forMethod = <T>(byMethod: ReadonlyMap<string, T>, method: string): T | undefined =>
  byMethod.get(method) ?? (method === 'HEAD' ? byMethod.get('GET') : undefined);

/** What an `Allow` header lists: HEAD goes where GET goes. */
export const allowedMethods = (methods: readonly string[]): readonly string[] =>
  methods.includes('GET') && !methods.includes('HEAD')
    ? methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    : methods;

const describeUnguarded = ({ method, originalUrl, route }: Partial<Request>): string => {
  const declared: unknown = (route as { readonly path?: unknown } | undefined)?.path;
  const path = typeof declared === 'string' ? declared : (originalUrl?.split('?')[0] ?? '');
  return (
    `ERR_SCOPEGATE_UNGUARDED: gate.auth(req): no guard ran on ${method ?? 'this request'} ${path}. ` +
    "Add gate.requireScope('...') or gate.requireToken() before this handler."
  );
};
