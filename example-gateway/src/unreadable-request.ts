import type { Duplex } from 'node:stream';
import { bodyOf, type Answer } from './answers';
import { transportSecurityLine } from './client-connection';
import { newRequestIdLine } from './observe/request-id';

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

const answerTo = (code: string | undefined): Answer => {
  const error = 'invalid_request';
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, error, description: 'The headers are too long.' };
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return { status: 413, error, description: 'The body is too long.' };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, error, description: 'The request took too long.' };
  return { status: 400, error, description: 'The request is malformed.' };
};

/**
 * Responds to bytes that could not be parsed as a request, and closes the connection.
 * @param code of the error of Node's parser; absent for a request that is not served
 */
export const refuseUnreadable = (socket: Duplex, code?: string): void => {
  const answer = answerTo(code);
  const body = bodyOf(answer);
  const lines = [
    `HTTP/1.1 ${answer.status} ${reasons[answer.status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    newRequestIdLine(),
    ...('encrypted' in socket ? [transportSecurityLine] : []),
  ];
  socket.on('error', () => undefined);
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
};
