/** A place among the requests that wait for the work of a sign-in. */
export interface Place {
  /** Checks whether the place is taken or can be. */
  hasRoom(): boolean;
  /** Takes the place, unless it is taken. @throws OAuthError `temporarily_unavailable` if there is no room */
  take(): void;
  /** Releases the place, if it is taken. */
  leave(): void;
}

/** For sign-ins that do not have to wait, because their source limits its own concurrency. */
export const ALWAYS_ROOM: Place = { hasRoom: () => true, take: () => undefined, leave: () => undefined };
