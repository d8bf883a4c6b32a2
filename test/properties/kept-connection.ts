import { connect, type Socket } from 'node:net';
import { rawRequest, valuesOf, type RawResponse } from '../support/http/raw-http';

/** A raw request. A text is its latin-1 bytes. */
export interface WireRequest {
  readonly method: string;
  readonly target: string;
  /** All lines but Host and those that say how long the body is. */
  readonly headers: readonly string[];
  readonly body: string;
  /** The lengths of the chunks in which the body is sent; without them it has a Content-Length. */
  readonly chunks?: readonly number[];
}

export interface WireAnswer extends RawResponse {
  /** The HTTP parser of the server refused the request, and no handler received it. */
  readonly isOfHttp: boolean;
}

const ANSWER_DEADLINE_MS = 5_000;
// Below the five seconds after which Node ends an idle connection, perhaps while a request is on its way.
const MAX_IDLE_MS = 2_000;

const inChunks = (body: string, lengths: readonly number[]): string => {
  const chunks: string[] = [];
  let rest = body;
  for (const length of [...lengths, body.length]) {
    const chunk = rest.slice(0, length);
    rest = rest.slice(length);
    if (chunk !== '') chunks.push(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  }
  return `${chunks.join('')}0\r\n\r\n`;
};

const bytesOf = ({ method, target, headers, body, chunks }: WireRequest): Buffer => {
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: gateway', ...headers];
  if (chunks === undefined) return rawRequest(lines, body);
  const head = rawRequest([...lines, 'Transfer-Encoding: chunked']);
  return Buffer.concat([head, Buffer.from(inChunks(body, chunks), 'latin1')]);
};

interface Parsed {
  readonly answer: WireAnswer;
  readonly rest: Buffer;
}

/** One answer from the front of the bytes, or nothing while it is not whole. Nothing here answers in chunks. */
const parse = (bytes: Buffer, method: string, ended: boolean): Parsed | undefined => {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const [, status, reason = ''] = /^HTTP\/1\.1 (\d{3}) ?(.*)$/.exec(statusLine) ?? [];
  if (status === undefined) throw new Error(`not a status line: ${statusLine}`);
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const rest = bytes.subarray(headEnd + 4);
  if (Number(status) < 200) return parse(rest, method, ended);
  const lengths = valuesOf({ headers }, 'content-length');
  // Node refuses what is no HTTP with a bare status line, and ends the connection.
  const isOfHttp = lengths.length === 0 && valuesOf({ headers }, 'date').length === 0;
  if (!isOfHttp && method !== 'HEAD' && lengths.length !== 1) throw new Error(`no length: ${lines.join(' | ')}`);
  if (isOfHttp && !ended) return undefined;
  const length = isOfHttp || method === 'HEAD' ? 0 : Number(lengths[0]);
  if (rest.length < length) return undefined;
  const body = rest.toString('utf8', 0, length);
  return { answer: { status: Number(status), reason, headers, body, isOfHttp }, rest: rest.subarray(length) };
};

const endsConnection = (answer: WireAnswer): boolean =>
  valuesOf(answer, 'connection').some((value) => value.toLowerCase() === 'close');

/** One connection, for one request at a time. */
class Line {
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #ended = false;
  #changed: () => void = () => undefined;
  idleSince = performance.now();

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1').setNoDelay(true);
    this.#socket.on('error', () => undefined); // a reset is an end as well
    this.#socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#changed();
    });
    this.#socket.on('close', () => {
      this.#ended = true;
      this.#changed();
    });
  }

  get isOpen(): boolean {
    return !this.#ended && !this.#socket.destroyed;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** @throws if no response arrives, or more than one */
  async exchange(request: WireRequest): Promise<WireAnswer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(this.#failure('There was no answer in time')), ANSWER_DEADLINE_MS);
    });
    this.#socket.write(bytesOf(request));
    try {
      return await Promise.race([this.#read(request.method), late]);
    } finally {
      clearTimeout(timer);
      this.idleSince = performance.now();
    }
  }

  async #read(method: string): Promise<WireAnswer> {
    for (;;) {
      const parsed = parse(this.#bytes, method, this.#ended);
      if (parsed !== undefined && parsed.rest.length > 0) throw this.#failure('More came than one answer');
      if (parsed !== undefined) {
        this.#bytes = parsed.rest;
        return parsed.answer;
      }
      if (this.#ended) throw this.#failure('The server closed the connection');
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  #failure(why: string): Error {
    return new Error(`${why}; what had come is ${JSON.stringify(this.#bytes.toString('latin1'))}`);
  }
}

/**
 * Sends one request after the other over one connection, and opens another only if the server has closed it. A response
 * that does not belong to its request is a failure.
 */
export class KeptConnection {
  readonly #port: number;
  #line: Line | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  async ask(request: WireRequest): Promise<WireAnswer> {
    const line = this.#openLine();
    try {
      const answer = await line.exchange(request);
      if (endsConnection(answer)) line.close();
      return answer;
    } catch (error) {
      line.close();
      throw error;
    }
  }

  close(): void {
    this.#line?.close();
  }

  #openLine(): Line {
    const line = this.#line;
    if (line?.isOpen === true && performance.now() - line.idleSince < MAX_IDLE_MS) return line;
    line?.close();
    return (this.#line = new Line(this.#port));
  }
}
