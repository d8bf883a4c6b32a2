import type { Response } from 'express';
import type { Emit } from '../events/emitter';
import { kindOfError, type Logger } from '../events/logger';
import type { ObservedRequests } from '../events/request-facts';
import { asOAuthError, isA, OAuthError, StoreUnavailableError } from '../protocol/errors';
import { factsOf } from '../tokens/records';
import type { UsageRecorder } from '../usage/usage';
import type { Refused, Rule } from './judge';
import type { ProtectedResource } from './protected-resource';
import { factsOfRefusal, type RequestOfRefusal } from './refused-request';
import { sendRefusal, type Refusal } from './refusals';

export interface DenialServices {
  readonly usage: UsageRecorder;
  readonly observed: ObservedRequests;
  readonly emit: Emit;
  readonly logger: Logger;
}

const reasonOfFailure = (thrown: unknown): string => {
  const error = asOAuthError(thrown);
  return error.status === 503 ? error.reason : 'guard_failed';
};

/** Sends refusals, and reports each of them as a `deny` event and among the facts about its request. */
export class Denials {
  readonly #services: DenialServices;

  constructor(services: DenialServices) {
    this.#services = services;
  }

  /** Refuses a request whose token has not been checked. */
  refuse(request: object, response: Response, refusal: Refusal, resource: Pick<ProtectedResource, 'api'>): void {
    const { status, reason } = refusal;
    const api = resource.api === undefined ? {} : { api: resource.api.name };
    this.#services.observed.note(request, { place: 'guard', reason, ...api });
    sendRefusal(response, refusal);
    this.#services.emit({ type: 'deny', place: 'guard', status, reason, ...api });
  }

  /** Refuses a request that a rule does not allow. */
  deny(request: RequestOfRefusal, response: Response, refused: Refused, rule: Rule): void {
    const { requirement, resource } = rule;
    const { refusal, record, reason = refusal.reason } = refused;
    this.#services.observed.note(request, { reason, ...(record && { clientId: record.clientId }) });
    sendRefusal(response, refusal);
    this.#services.emit({
      type: 'deny',
      place: 'guard',
      status: refusal.status,
      reason,
      ...(resource.api === undefined ? {} : { api: resource.api.name }),
      needs: requirement.names,
      ...(record === undefined ? {} : factsOf(record)),
    });
    if (record === undefined) return;
    const missing = refusal.reason === 'insufficient_scope' ? requirement.missingFrom(record.scopes) : [];
    this.#services.usage.refuse(response, record, factsOfRefusal(request, refusal, rule, { missing, reason }));
  }

  /** Returns the refusal of a request that could not be checked. Logs an error that was not logged before. Never throws. */
  onFailure(thrown: unknown, { refusals }: ProtectedResource): Refused {
    // A failure of the store or of a users function was logged where it was called.
    const isLogged = isA(thrown, StoreUnavailableError) || isA(thrown, OAuthError);
    try {
      if (!isLogged) this.#services.logger.error(kindOfError(thrown), 'A guard failed and refused the request');
    } catch {
      // Express treats a middleware that throws `undefined` like one that calls `next()`.
    }
    return { refusal: refusals.unavailable, reason: reasonOfFailure(thrown) };
  }
}
