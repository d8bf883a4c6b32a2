import type { Request } from 'express';
import { readBearerCredentials, type BearerCredentials } from '../protocol/credentials';
import { queryNames, queryValues } from '../protocol/parameters';
import { isHandshake, readSubprotocolCredentials } from '../protocol/web-socket';

/** The access token of a request, or a ticket that stands for one, or why there is neither. */
export type RequestToken = string | { readonly ticket: string } | { readonly malformed: boolean };

/** Reads the access token of a request. A function for each kind of resource, so that others do not pay for it. */
export type ReadRequestToken = (request: Request) => RequestToken;

const tokenFrom = (request: Request, credentials: BearerCredentials): RequestToken => {
  if (credentials.kind !== 'token') return { malformed: credentials.kind === 'malformed' };
  // A token in the URL as well is a second method of sending one (RFC 6750 §2); in the URL alone it is ignored.
  return queryNames(request.originalUrl).includes('access_token') ? { malformed: true } : credentials.token;
};

/** Reads the token from the `Authorization` header (RFC 6750 §2.1). */
export const readHeaderToken: ReadRequestToken = (request) =>
  tokenFrom(request, readBearerCredentials(request.rawHeaders));

/** The values of a ticket in the query of a handshake. */
const ticketsIn = (request: Request): readonly string[] => queryValues(request.originalUrl, 'ticket');

/**
 * Reads the token of a WebSocket handshake from the header, the subprotocols or a ticket, exactly one of them (RFC 6750
 * §2), and that of any other request from the header alone.
 */
export const readHandshakeToken: ReadRequestToken = (request) => {
  const inHeader = readBearerCredentials(request.rawHeaders);
  // The first check alone for all other requests.
  if (request.headers.upgrade === undefined || !isHandshake(request)) return tokenFrom(request, inHeader);
  const inSubprotocols = readSubprotocolCredentials(request.headers['sec-websocket-protocol']);
  const sent = [inHeader, inSubprotocols].filter(({ kind }) => kind !== 'none');
  const tickets = ticketsIn(request);
  if (sent.length + tickets.length > 1) return { malformed: true };
  const [ticket] = tickets;
  if (ticket === undefined) return tokenFrom(request, sent[0] ?? inHeader);
  return queryNames(request.originalUrl).includes('access_token') ? { malformed: true } : { ticket };
};
