import type { LimitName } from '../events/gate-events';
import { OAuthError } from '../protocol/errors';
import type { UnavailableReason } from '../protocol/unavailability';

const reasonOf = (limit: LimitName): UnavailableReason => {
  if (limit === 'passwordWork') return 'password_work_full';
  return limit === 'passwordWorkDeadline' ? 'password_work_deadline' : 'password_work_share';
};

/** A sign-in that cannot be served now: 503 with `Retry-After`. The response is the same for every reason. */
export class OverloadError extends OAuthError {
  readonly limit: LimitName;

  constructor(limit: LimitName, detail: string) {
    super('temporarily_unavailable', 'Too many sign-ins at the moment. Try again shortly.', {
      headers: { 'Retry-After': '1' },
      reason: reasonOf(limit),
      cause: new Error(detail),
    });
    this.limit = limit;
  }
}

/** A sign-in that is refused before any work is done for it, because a limit on waiting requests is reached. */
export class NoRoomError extends OverloadError {
  constructor(limit: LimitName) {
    super(limit, `queue full: ${limit}`);
  }
}
