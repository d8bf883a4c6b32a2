import type { IncomingMessage } from 'node:http';
import { isUint8Array } from 'node:util/types';
import type { Logger } from '../events/logger';
import { singleHeader } from '../protocol/credentials';
import { OAuthError } from '../protocol/errors';
import { isFormMediaType, readForm, readParsedForm, type Parameters } from '../protocol/parameters';
import { announcedLength, bytesOf, closing, MAX_BODY_BYTES, readBytes, tooLarge, wasRead } from './request-stream';

const wrongMediaType = (): OAuthError =>
  new OAuthError('invalid_request', 'The body must be application/x-www-form-urlencoded in UTF-8, not compressed.', {
    status: 415,
    headers: closing,
  });

const noForm = (): OAuthError => new OAuthError('invalid_request', 'The request has no form body.');

/** A request with what body parsers leave on it. */
type ParsedRequest = IncomingMessage & { body?: unknown; rawBody?: unknown };

/** The bytes of a body that was left as text or bytes. */
const leftBytes = (left: unknown): Uint8Array | undefined => {
  if (typeof left === 'string') return bytesOf(left);
  return isUint8Array(left) ? left : undefined;
};

/** A raw body, which shows repeated names, if it is whole: of the announced length, or of a stream that has ended. */
const leftRawBody = (request: ParsedRequest): Uint8Array | undefined => {
  const bytes = leftBytes(request.rawBody);
  const announced = announcedLength(request);
  const isWhole = announced === undefined ? request.readableEnded : bytes?.length === announced;
  return isWhole ? bytes : undefined;
};

/** The form that a body parser has left. @returns `undefined` if none has */
const leftForm = (request: ParsedRequest): Parameters | undefined => {
  const raw = leftRawBody(request);
  if (raw !== undefined) return readForm(raw);
  const { body } = request;
  if (typeof body === 'string' || isUint8Array(body)) return readForm(leftBytes(body) ?? refuse());
  // Some parsers leave an empty object on a request that is not theirs.
  if (typeof body !== 'object' || body === null || Object.keys(body).length === 0) return undefined;
  return readParsedForm(body);
};

const refuse = (): never => {
  throw noForm();
};

/** Takes off what body parsers have left, so that no handler or error page behind finds a password there. */
const takeLeftForm = (request: ParsedRequest): Parameters | undefined => {
  try {
    return leftForm(request);
  } catch (thrown) {
    throw thrown instanceof OAuthError ? thrown : noForm(); // a getter of the host's may throw anything
  } finally {
    for (const name of ['body', 'rawBody'] as const) {
      if (name in request) Reflect.set(request, name, undefined);
    }
  }
};

/** Reads the one form body of a request, strictly. */
export class FormReader {
  readonly #logger: Logger;
  #isWarned = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Reads from the stream, or takes what a body parser has left. To be called in the turn in which the request comes:
   * data that flows before has to be announced by length, or is refused.
   *
   * @throws OAuthError `invalid_request` (400, 408, 413, 415)
   */
  async read(request: IncomingMessage): Promise<Parameters> {
    const contentType = singleHeader(request.rawHeaders, 'content-type');
    const encoding = singleHeader(request.rawHeaders, 'content-encoding');
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') throw wrongMediaType();
    if (contentType !== undefined && !isFormMediaType(contentType)) throw wrongMediaType();
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
    const parameters = await this.#readForm(request);
    if (contentType === undefined && parameters.size > 0) throw wrongMediaType();
    return parameters;
  }

  async #readForm(request: IncomingMessage): Promise<Parameters> {
    if (!wasRead(request)) return readForm(await readBytes(request));
    this.#warn();
    return takeLeftForm(request) ?? readForm(await readBytes(request));
  }

  #warn(): void {
    if (this.#isWarned) return;
    this.#isWarned = true;
    this.#logger.warn(
      {},
      'A form was read before gate.routes() or gate.portal() could: mount gate.routes() above body parsers, so that repeated and malformed parameters are refused',
    );
  }
}
