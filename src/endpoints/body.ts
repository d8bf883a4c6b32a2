import type { IncomingMessage } from 'node:http';
import { isUint8Array } from 'node:util/types';
import type { Logger } from '../events/logger';
import { singleHeader } from '../protocol/credentials';
import { OAuthError } from '../protocol/errors';
import { isFormMediaType, readForm, readParsedForm, type Parameters } from '../protocol/parameters';
import { closing, MAX_BODY_BYTES, readBytes, tooLarge } from './body-reading';
import { bytesOf } from './chunks';
import { announcedLength, wasRead } from './request-stream';

const wrongMediaType = (): OAuthError =>
  new OAuthError('invalid_request', 'The body must be application/x-www-form-urlencoded in UTF-8, not compressed.', {
    status: 415,
    headers: closing,
  });

const noForm = (): OAuthError => new OAuthError('invalid_request', 'The request has no form body.');

const throwNoForm = (): never => {
  throw noForm();
};

/** A request with the properties that body parsers set. */
type ParsedRequest = IncomingMessage & { body?: unknown; rawBody?: unknown };

/** Returns the bytes of a body that a parser left as a string or bytes. */
const leftBytes = (left: unknown): Uint8Array | undefined => {
  if (typeof left === 'string') return bytesOf(left);
  return isUint8Array(left) ? left : undefined;
};

/** Returns the raw body, which shows repeated names, if complete: of the announced length, or from an ended stream. */
const leftRawBody = (request: ParsedRequest): Uint8Array | undefined => {
  const bytes = leftBytes(request.rawBody);
  const announced = announcedLength(request);
  const isWhole = announced === undefined ? request.readableEnded : bytes?.length === announced;
  return isWhole ? bytes : undefined;
};

/** Reads the form that a body parser has left. @returns `undefined` if there is none */
const leftForm = (request: ParsedRequest): Parameters | undefined => {
  const raw = leftRawBody(request);
  if (raw !== undefined) return readForm(raw);
  const { body } = request;
  if (typeof body === 'string' || isUint8Array(body)) return readForm(leftBytes(body) ?? throwNoForm());
  // Some parsers set an empty object on a request that they do not parse.
  if (typeof body !== 'object' || body === null || Object.keys(body).length === 0) return undefined;
  return readParsedForm(body);
};

/** Reads and removes what body parsers have left, so that no later handler or error page finds a password there. */
const takeLeftForm = (request: ParsedRequest): Parameters | undefined => {
  try {
    return leftForm(request);
  } catch (thrown) {
    throw thrown instanceof OAuthError ? thrown : noForm(); // a getter of the host application may throw anything
  } finally {
    for (const name of ['body', 'rawBody'] as const) {
      if (name in request) Reflect.set(request, name, undefined);
    }
  }
};

/** Reads the form body of a request, strictly. */
export class FormReader {
  readonly #logger: Logger;
  #isWarned = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Reads the stream, or takes what a body parser has left. Call it in the tick in which the request arrives: data that
   * flows before must be announced by length, or it is refused.
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
