import type { Emit } from '../events/emitter';
import type { SubscriptionRequestEvent } from '../events/gate-events';
import type { Application, SubscriptionRequest } from './records';

/** Emits an event about a request; nothing if there is no request. */
export const emitRequest = (
  emit: Emit,
  state: SubscriptionRequestEvent['state'],
  { id: application, organization }: Pick<Application, 'id' | 'organization'>,
  request: SubscriptionRequest | undefined,
): void => {
  if (request === undefined) return;
  const { id, api, plan } = request;
  emit({
    type: 'subscriptionRequest',
    state,
    request: id,
    application,
    api,
    ...(plan === undefined ? {} : { plan }),
    ...(organization === undefined ? {} : { organization }),
  });
};
