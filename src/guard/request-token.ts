import type { Request } from 'express';
import { readBearerCredentials, type BearerCredentials } from '../protocol/credentials';
import { queryNames } from '../protocol/parameters';
import { isHandshake, readSubprotocolCredentials } from '../protocol/web-socket';

/** The access token of a request, or why there is none. */
export type RequestToken = string | { readonly malformed: boolean };

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

/**
 * Reads the token of a WebSocket handshake from the header or the subprotocols, and that of any other request from the
 * header alone.
 */
export const readHandshakeToken: ReadRequestToken = (request) => {
  const inHeader = readBearerCredentials(request.rawHeaders);
  // The first check alone for all other requests.
  if (request.headers.upgrade === undefined || !isHandshake(request)) return tokenFrom(request, inHeader);
  const inSubprotocols = readSubprotocolCredentials(request.headers['sec-websocket-protocol']);
  if (inSubprotocols.kind === 'none') return tokenFrom(request, inHeader);
  return inHeader.kind === 'none' ? tokenFrom(request, inSubprotocols) : { malformed: true };
};
