import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Emit } from '../events/emitter';
import type { GrantFacts } from '../events/gate-events';
import type { ObservedRequests } from '../events/request-facts';
import type { ResourcePolicy } from './policies';
import { describeCounted, refusalOf } from './rate-limit-fields';
import { sendRefusal } from './refusals';
import type { CountedRequest, RequestCounter } from './request-counter';

export interface AdmissionServices {
  readonly counter: Pick<RequestCounter, 'countPublic'>;
  readonly observed: ObservedRequests;
  readonly emit: Emit;
}

/** The facts of a refused request, besides those of the allowance that refused it. */
export type RefusedFacts = Partial<GrantFacts> & { readonly needs?: readonly string[] };

/** Admits requests that were counted, and refuses those that are beyond an allowance. */
export class Admission {
  readonly #services: AdmissionServices;

  constructor(services: AdmissionServices) {
    this.#services = services;
  }

  /** Makes a middleware that lets a request through if the limit of a public resource admits it. */
  limitPublic(limit: ResourcePolicy): RequestHandler {
    const admit = (
      counted: CountedRequest | 'uncounted',
      request: Request,
      response: Response,
      next: NextFunction,
    ): void => {
      if (counted === 'uncounted' || this.decide(request, response, counted, () => ({}))) next();
    };
    return (request, response, next) => {
      const counted = this.#services.counter.countPublic(limit, request);
      if (!(counted instanceof Promise)) return admit(counted, request, response, next);
      counted.then((later) => admit(later, request, response, next)).catch(() => response.destroy());
      return undefined;
    };
  }

  /** Describes the allowance in the response; refuses a request that is beyond it. @returns true if it is admitted */
  decide(
    request: object,
    response: Response,
    counted: CountedRequest | readonly [CountedRequest, CountedRequest],
    factsOf: () => RefusedFacts,
  ): boolean {
    if ('policy' in counted && !counted.counted.isAdmitted) {
      this.#refuse(request, response, counted, factsOf());
      return false;
    }
    return describeCounted(response, counted);
  }

  #refuse(request: object, response: Response, counted: CountedRequest, facts: RefusedFacts): void {
    const { observed, emit } = this.#services;
    const { limited } = counted.policy;
    const { clientId, subject } = facts;
    const refusal = refusalOf(counted);
    const { status, reason } = refusal;
    const who = { ...(clientId === undefined ? {} : { clientId }), ...(subject === undefined ? {} : { subject }) };
    observed.note(request, { reason, ...(clientId === undefined ? {} : { clientId }) });
    sendRefusal(response, refusal);
    emit({ type: 'limit', ...limited, ...who });
    emit({ type: 'deny', place: 'guard', status, reason, api: limited.api, ...facts });
  }
}
