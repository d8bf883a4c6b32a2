import type { LimitName } from '../events/gate-events';
import { OAuthError } from '../protocol/errors';

/** A sign-in that cannot be served now: 503 with `Retry-After`. The response is the same for every reason. */
export class OverloadError extends OAuthError {
  readonly limit: LimitName;

  constructor(limit: LimitName, reason: string) {
    super('temporarily_unavailable', 'Too many sign-ins at the moment. Try again shortly.', {
      headers: { 'Retry-After': '1' },
      cause: new Error(reason),
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
