import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Express } from 'express';

/** A request to an app in this process. */
export interface InProcessRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values, as in `rawHeaders`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** @default none */
  readonly body?: string;
}

export interface InProcessResponse {
  readonly status: number;
  readonly body: string;
}

// Never connected: a message needs a socket to refer to.
const socket = new Socket();

const messageOf = ({ method, path, headers, body = '' }: InProcessRequest): IncomingMessage => {
  const message = new IncomingMessage(socket);
  const lines = body === '' ? headers : [...headers, ['Content-Length', String(Buffer.byteLength(body))] as const];
  message.method = method;
  message.url = path;
  message.rawHeaders = lines.flat();
  message.headers = Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), value]));
  message.push(body === '' ? null : body);
  if (body !== '') message.push(null);
  message.complete = true;
  return message;
};

/**
 * Calls an app as Node's HTTP server would, without a connection, for tests that send very many requests and are not
 * about HTTP. Resolves when the app ends its response.
 */
export const answerOf = (app: Express, request: InProcessRequest): Promise<InProcessResponse> =>
  new Promise((resolve, reject) => {
    const message = messageOf(request);
    const response = new ServerResponse(message);
    response.end = (chunk?: unknown) => {
      const isText = typeof chunk === 'string' || Buffer.isBuffer(chunk);
      resolve({ status: response.statusCode, body: isText ? chunk.toString() : '' });
      return response;
    };
    response.destroy = () => {
      reject(new Error(`the app ended ${request.method} ${request.path} without a response`));
      return response;
    };
    app(message, response);
  });
