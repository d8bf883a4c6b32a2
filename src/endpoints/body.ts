import type { IncomingMessage } from 'node:http';
import type { Logger } from '../events/logger';
import { singleHeader } from '../protocol/credentials';
import { OAuthError } from '../protocol/errors';
import { isFormMediaType, readForm, readParsedForm, type Parameters } from '../protocol/parameters';

const MOST_BODY_BYTES = 32 * 1024;
const BODY_DEADLINE_MS = 10_000;

/** A request whose connection cannot be used again, because its body was not read to the end. */
const closing = { Connection: 'close' };

const tooLarge = (): OAuthError =>
  new OAuthError('invalid_request', 'The request body is too large.', { status: 413, headers: closing });

const tooSlow = (): OAuthError =>
  new OAuthError('invalid_request', 'The request body did not arrive in time.', { status: 408, headers: closing });

const wrongMediaType = (): OAuthError =>
  new OAuthError('invalid_request', 'The body must be application/x-www-form-urlencoded in UTF-8, not compressed.', {
    status: 415,
    headers: closing,
  });

const cutOff = (): OAuthError => new OAuthError('invalid_request', 'The request body ended too early.');

const readBytes = (request: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      act();
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= MOST_BODY_BYTES) chunks.push(chunk);
      else settle(() => reject(tooLarge()));
    };
    const onEnd = (): void => settle(() => resolve(Buffer.concat(chunks)));
    const onClose = (): void => settle(() => reject(cutOff()));
    const timer = setTimeout(() => settle(() => reject(tooSlow())), BODY_DEADLINE_MS);
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });

/** Takes what a body parser of the host has left on the request: nobody behind finds the password there. */
const takeParsedBody = (request: IncomingMessage & { body?: unknown }): unknown => {
  const { body } = request;
  request.body = undefined;
  return body;
};

/** Reads the one form body of a request, strictly. */
export class FormReader {
  readonly #logger: Logger;
  #warned = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @throws OAuthError `invalid_request` (400, 408, 413, 415) */
  async read(request: IncomingMessage): Promise<Parameters> {
    const contentType = singleHeader(request.rawHeaders, 'content-type');
    const encoding = singleHeader(request.rawHeaders, 'content-encoding');
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') throw wrongMediaType();
    if (contentType !== undefined && !isFormMediaType(contentType)) throw wrongMediaType();
    if (Number(request.headers['content-length'] ?? 0) > MOST_BODY_BYTES) throw tooLarge();
    if (request.readableDidRead || request.readableEnded) {
      const parameters = this.#readParsed(takeParsedBody(request));
      if (contentType === undefined && parameters.size > 0) throw wrongMediaType();
      return parameters;
    }
    const bytes = await readBytes(request);
    if (contentType === undefined && bytes.length > 0) throw wrongMediaType();
    return readForm(bytes);
  }

  #readParsed(body: unknown): Parameters {
    if (!this.#warned) {
      this.#warned = true;
      this.#logger.warn(
        {},
        'A body parser read a form before gate.routes() could: mount gate.routes() above it, so that repeated and malformed parameters are seen',
      );
    }
    if (Buffer.isBuffer(body)) return readForm(body);
    if (typeof body === 'string') return readForm(Buffer.from(body));
    if (typeof body === 'object' && body !== null) return readParsedForm(body);
    throw new OAuthError('invalid_request', 'The request has no form body.');
  }
}
