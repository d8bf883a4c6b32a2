import { isInstant } from '../protocol/time';
import type { Application, SubscriptionRequest } from './records';

const ID = /^[\w-]{1,64}$/;

const isString = (value: unknown): value is string => typeof value === 'string';

type Stored = Readonly<Record<string, unknown>>;

const isStored = (value: unknown): value is Stored => typeof value === 'object' && value !== null;

const readRejection = (value: unknown): Pick<SubscriptionRequest, 'rejected'> => {
  if (value === undefined) return {};
  const { at, reason } = isStored(value) ? value : {};
  return { rejected: { at: isInstant(at) ? at : 0, ...(isString(reason) ? { reason } : {}) } };
};

const readRequest = (stored: unknown): readonly SubscriptionRequest[] => {
  if (!isStored(stored)) return [];
  const { id, api, plan, requestedAt, requestedBy, rejected } = stored;
  if (!isString(id) || !ID.test(id) || !isString(api) || !isInstant(requestedAt)) return [];
  // Without its plan, it would be approved with the default one, which was not requested.
  if (plan !== undefined && !isString(plan)) return [];
  return [
    {
      id,
      api,
      ...(plan === undefined ? {} : { plan }),
      requestedAt,
      ...(isString(requestedBy) ? { requestedBy } : {}),
      ...readRejection(rejected),
    },
  ];
};

/** Reads the requests of a stored application. One that cannot be read is dropped: it grants nothing. */
export const readStoredRequests = (value: unknown): readonly SubscriptionRequest[] => {
  const read = Array.isArray(value) ? value.flatMap(readRequest) : [];
  return [...new Map(read.map((request) => [request.api, request])).values()];
};

/** Returns the field `requests` of an application. */
export const requestsField = (requests: readonly SubscriptionRequest[]): Pick<Application, 'requests'> =>
  requests.length === 0 ? {} : { requests };

/** Returns the request of an application for an API, pending or rejected. */
export const requestFor = (
  { requests = [] }: Pick<Application, 'requests'>,
  api: string,
): SubscriptionRequest | undefined => requests.find((request) => request.api === api);

export const isPending = ({ rejected }: SubscriptionRequest): boolean => rejected === undefined;

/** Returns the application without a request for an API. */
export const withoutRequest = <A extends Pick<Application, 'requests'>>(application: A, api: string): A => {
  const { requests, ...rest } = application;
  // An `A` without the optional `requests` is still an `A`.
  return { ...rest, ...requestsField((requests ?? []).filter((request) => request.api !== api)) } as A;
};

/** Returns the application with a request, in place of one for the same API. */
export const withRequest = (application: Application, request: SubscriptionRequest): Application => ({
  ...application,
  requests: [...(withoutRequest(application, request.api).requests ?? []), request],
});

const INSTANT_DIGITS = 15;

/** Returns the position of a request among those of its organization. In ASCII, an older one is before a newer one. */
export const requestPosition = ({ id, requestedAt }: Pick<SubscriptionRequest, 'id' | 'requestedAt'>): string =>
  `${String(Math.round(requestedAt * 1000)).padStart(INSTANT_DIGITS, '0')}.${id}`;

/** Returns the positions of the pending requests of a stored application. */
export const pendingPositions = (stored: unknown): readonly string[] =>
  readStoredRequests(isStored(stored) ? stored['requests'] : undefined)
    .filter(isPending)
    .map(requestPosition);
