import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';

const NAME = 'X-Request-Id';

/** Characters that are safe in a log line, a header and a shell. A list of two ids has a comma and is not one. */
const HARMLESS = /^[A-Za-z0-9._~+/=-]{1,128}$/;

/** Returns the client's id if it is harmless, else a new random one. */
const idOf = (sent: string | string[] | undefined): string =>
  typeof sent === 'string' && HARMLESS.test(sent) ? sent : randomUUID();

/** Gives every response an `X-Request-Id`: the client's if it is harmless, else a new one. */
export const addRequestId: RequestHandler = (request, response, next) => {
  response.setHeader(NAME, idOf(request.headers['x-request-id']));
  next();
};

/** The header line with a new id, for responses that are written directly to a socket. */
export const newRequestIdLine = (): string => `${NAME}: ${randomUUID()}`;

/** Returns the id that `addRequestId` has set. */
export const requestIdOf = (response: ServerResponse): string => String(response.getHeader(NAME) ?? '');
