import type { Application, SubscriptionRequest } from './records';

/** A request that waits for approval, and its application. */
export interface PendingRequest extends Omit<SubscriptionRequest, 'rejected'> {
  readonly application: Pick<Application, 'id' | 'name' | 'owner' | 'organization'>;
}

export interface RequestPage {
  /** The oldest first. */
  readonly requests: readonly PendingRequest[];
  /** The position that the next part follows. Absent on the last part. */
  readonly next?: string;
}

/** Returns a pending request with what a reader has to know of its application. */
export const pendingRequest = (
  { id, name, owner, organization }: Application,
  { rejected: _rejected, ...request }: SubscriptionRequest,
): PendingRequest => ({
  ...request,
  application: {
    id,
    name,
    ...(owner === undefined ? {} : { owner }),
    ...(organization === undefined ? {} : { organization }),
  },
});
