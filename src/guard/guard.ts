import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Emit } from '../events/emitter';
import type { Logger } from '../events/logger';
import type { ObservedRequests, RequestFacts } from '../events/request-facts';
import type { Tickets } from '../tokens/tickets';
import type { TokenService } from '../tokens/token-service';
import type { UsageRecorder } from '../usage/usage';
import { Admission } from './admission';
import { factsOfAuth, type Auth } from './auth';
import { Denials } from './denials';
import { ruleOf, type Judge, type Refused, type Rule, type Verdict } from './judge';
import { allowedMethods, forMethod } from './methods';
import type { ResourcePolicy } from './policies';
import type { ProtectedResource } from './protected-resource';
import { factsOfRefusal } from './refused-request';
import type { Refusal } from './refusals';
import type { Counting, RequestCounter } from './request-counter';
import { readHandshakeToken, readHeaderToken } from './request-token';
import type { CompiledRequirement } from './requirements';
import { VerifiedRequests } from './verified-requests';

export interface GuardServices {
  readonly tokens: Pick<TokenService, 'find' | 'peek'>;
  readonly tickets: Pick<Tickets, 'redeem'>;
  readonly judge: Judge;
  readonly counter: Pick<RequestCounter, 'count' | 'countPublic'>;
  /** Called with the rights of each request that is let through. */
  readonly onAllowed: (auth: Auth) => void;
  readonly usage: UsageRecorder;
  readonly observed: ObservedRequests;
  readonly emit: Emit;
  readonly logger: Logger;
}

/** Facts about a request that reached a guard. */
export const AT_GUARD: RequestFacts = { place: 'guard' };

/** Guards protected resources (RFC 6750). Never reads a body, and never passes a request that it could not check. */
export class Guard {
  readonly #services: GuardServices;
  readonly #verified = new VerifiedRequests();
  readonly #denials: Denials;
  readonly #admission: Admission;

  constructor(services: GuardServices) {
    this.#services = services;
    this.#denials = new Denials(services);
    this.#admission = new Admission(services);
  }

  /** Like `require`, with a requirement per method. */
  requireByMethod(requirements: ReadonlyMap<string, CompiledRequirement>, resource: ProtectedResource): RequestHandler {
    const checks = new Map(
      [...requirements].map(([method, requirement]) => [method, this.require(requirement, resource)]),
    );
    const notAllowed = resource.refusals.methodNotAllowed(allowedMethods([...requirements.keys()]));
    return (request, response, next) => {
      const check = forMethod(checks, request.method);
      if (check === undefined) this.refuse(request, response, notAllowed, resource);
      else void check(request, response, next);
    };
  }

  /** Returns the rights of a verified token; `undefined` for a request that no guard has let through. */
  find(request: object): Auth | undefined {
    return this.#verified.find(request);
  }

  /**
   * Like `find`.
   * @param call that needs the rights, for the message
   * @throws UnguardedError if no guard has let the request through
   */
  get(request: object, call: string): Auth {
    return this.#verified.get(request, call);
  }

  /**
   * Makes a middleware that lets a request through if it has a live token whose scope meets the requirement, and if the
   * plan of its subscription and the limit admit it. The rule is compiled once per mount, not per request.
   * @param declared resource; none for a route of the host application
   */
  require(
    requirement: CompiledRequirement,
    resource: ProtectedResource,
    declared: Pick<Rule, 'limit' | 'path'> = {},
  ): RequestHandler {
    const rule = ruleOf(requirement, resource, declared);
    resource.note(requirement.names);
    const readToken = resource.api?.websocket === true ? readHandshakeToken : readHeaderToken;

    return (request, response, next) => {
      this.#verified.delete(request);
      this.note(request, AT_GUARD);
      const token = readToken(request);
      if (typeof token !== 'string' && 'malformed' in token) {
        const refusal = token.malformed ? resource.refusals.malformed : rule.refusals.unauthenticated;
        this.refuse(request, response, refusal, resource);
        return;
      }
      const verdict =
        typeof token === 'string' ? this.#judge(token, rule) : this.#redeemAndJudge(token.ticket, rule, request);
      if (!(verdict instanceof Promise)) return this.#apply(verdict, rule, request, response, next);
      void this.#settle(verdict, rule, response, (result) => this.#apply(result, rule, request, response, next));
      return undefined;
    };
  }

  /** Makes a middleware that lets a request for a public resource through if its limit admits it. */
  limitPublic(limit: ResourcePolicy): RequestHandler {
    return this.#admission.limitPublic(limit);
  }

  /** Decides about a cached token synchronously: a tick costs more than the decision. */
  #judge(token: string, rule: Rule): Verdict | Promise<Verdict> {
    const { tokens, judge } = this.#services;
    try {
      const cached = tokens.peek(token);
      return cached === undefined ? this.#findAndJudge(token, rule) : judge(cached, rule);
    } catch (thrown) {
      return this.#denials.onFailure(thrown, rule.resource);
    }
  }

  async #findAndJudge(token: string, rule: Rule): Promise<Verdict> {
    const { tokens, judge } = this.#services;
    return judge(await tokens.find(token), rule);
  }

  /** Spends a ticket, even if the request is then refused. */
  async #redeemAndJudge(ticket: string, rule: Rule, request: Request): Promise<Verdict> {
    const { tickets, judge } = this.#services;
    return judge(await tickets.redeem(ticket, request), rule);
  }

  /** Applies a result when it is there. Never rejects. */
  async #settle<T>(
    pending: Promise<T>,
    rule: Rule,
    response: Response,
    apply: (result: T | Refused) => void,
  ): Promise<void> {
    let result: T | Refused;
    try {
      result = await pending;
    } catch (thrown) {
      result = this.#denials.onFailure(thrown, rule.resource);
    }
    try {
      apply(result);
    } catch {
      response.destroy(); // an error thrown behind `next` was not handled there
    }
  }

  #apply(verdict: Verdict, rule: Rule, request: Request, response: Response, next: NextFunction): void {
    if ('refusal' in verdict) return this.#denials.deny(request, response, verdict, rule);
    const { auth } = verdict;
    if (rule.limit === undefined && rule.resource.plans === undefined)
      return this.#allow(auth, rule, request, response, next);
    const counting = this.#count(auth, rule, request);
    if (!(counting instanceof Promise)) return this.#admit(counting, auth, rule, request, response, next);
    void this.#settle(counting, rule, response, (result) => this.#admit(result, auth, rule, request, response, next));
    return undefined;
  }

  #count(auth: Auth, rule: Rule, request: Request): Counting | Refused | Promise<Counting> {
    try {
      return this.#services.counter.count(auth, rule, request);
    } catch (thrown) {
      return this.#denials.onFailure(thrown, rule.resource);
    }
  }

  #admit(
    counting: Counting | Refused,
    auth: Auth,
    rule: Rule,
    request: Request,
    response: Response,
    next: NextFunction,
  ): void {
    if (counting === 'uncounted') return this.#allow(auth, rule, request, response, next);
    // The tokens of an application that was removed end; this one has not been read since.
    if (counting === 'gone')
      return this.#denials.deny(request, response, { refusal: rule.refusals.invalidToken }, rule);
    if ('refusal' in counting) return this.#denials.deny(request, response, counting, rule);
    const factsOfRefused = () => ({ needs: rule.requirement.names, ...factsOfAuth(auth) });
    if (!this.#admission.decide(request, response, counting, factsOfRefused)) {
      if ('policy' in counting && !counting.counted.isAdmitted) {
        const { refusal, limited } = counting.policy;
        this.#services.usage.refuse(response, auth, factsOfRefusal(request, refusal, rule, { plan: limited.plan }));
      }
      return undefined;
    }
    return this.#allow(auth, rule, request, response, next);
  }

  #allow(auth: Auth, { resource }: Rule, request: Request, response: Response, next: NextFunction): void {
    if (response.headersSent || response.destroyed) return;
    this.#verified.set(request, auth);
    this.#services.observed.noteClient(request, auth.clientId);
    this.#services.onAllowed(auth);
    this.#services.usage.follow(response, auth, resource.api?.name);
    next();
  }

  /** Adds facts about a request if it is observed. */
  note(request: object, facts: RequestFacts): void {
    this.#services.observed.note(request, facts);
  }

  /** Refuses a request whose token has not been checked. */
  refuse(request: object, response: Response, refusal: Refusal, resource: Pick<ProtectedResource, 'api'>): void {
    this.#denials.refuse(request, response, refusal, resource);
  }
}
