import type { IncomingMessage } from 'node:http';
import { isUint8Array } from 'node:util/types';
import type { Logger } from '../events/logger';
import { singleHeader } from '../protocol/credentials';
import { OAuthError } from '../protocol/errors';
import { isFormMediaType, readForm, readParsedForm, type Parameters } from '../protocol/parameters';
import { closing, MAX_BODY_BYTES, readBytes, tooLarge } from './body-reading';
import { bytesOf } from './chunks';
import { declaredLength, wasRead } from './request-stream';

const wrongMediaType = (): OAuthError =>
  new OAuthError('invalid_request', 'The body must be application/x-www-form-urlencoded in UTF-8, not compressed.', {
    status: 415,
    headers: closing,
  });

const missingForm = (): OAuthError => new OAuthError('invalid_request', 'The request has no form body.');

const throwMissingForm = (): never => {
  throw missingForm();
};

/** A request with the properties that body parsers set. */
type ParsedRequest = IncomingMessage & { body?: unknown; rawBody?: unknown };

/** Returns the bytes of a body that a parser left as a string or bytes. */
const parserBytes = (value: unknown): Uint8Array | undefined => {
  if (typeof value === 'string') return bytesOf(value);
  return isUint8Array(value) ? value : undefined;
};

/** Returns the raw body, which shows repeated names, if complete: of the declared length, or from an ended stream. */
const parserRawBody = (request: ParsedRequest): Uint8Array | undefined => {
  const bytes = parserBytes(request.rawBody);
  const declared = declaredLength(request);
  const isComplete = declared === undefined ? request.readableEnded : bytes?.length === declared;
  return isComplete ? bytes : undefined;
};

/** Reads the form that a body parser has left. @returns `undefined` if there is none */
const parserForm = (request: ParsedRequest): Parameters | undefined => {
  const raw = parserRawBody(request);
  if (raw !== undefined) return readForm(raw);
  const { body } = request;
  if (typeof body === 'string' || isUint8Array(body)) return readForm(parserBytes(body) ?? throwMissingForm());
  // Some parsers set an empty object on a request that they do not parse.
  if (typeof body !== 'object' || body === null || Object.keys(body).length === 0) return undefined;
  return readParsedForm(body);
};

/** Reads and removes what body parsers have left, so that no later handler or error page finds a password there. */
const takeParserForm = (request: ParsedRequest): Parameters | undefined => {
  try {
    return parserForm(request);
  } catch (thrown) {
    throw thrown instanceof OAuthError ? thrown : missingForm(); // a getter of the host application may throw anything
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
   * flows before needs a declared length, or it is refused.
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
    return takeParserForm(request) ?? readForm(await readBytes(request));
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
