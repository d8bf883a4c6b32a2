import { createServer, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';

/** Bytes on the wire. A text is its latin-1 bytes, so `\xff` is one byte. */
export type RawBytes = string | Uint8Array;

export interface RawResponse {
  readonly status: number;
  readonly reason: string;
  /** The headers as sent: order, letter case and repeats. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body as UTF-8, taken out of its chunks. */
  readonly body: string;
}

export interface RawExchange {
  readonly responses: readonly RawResponse[];
  /** Interim answers, such as 100. */
  readonly interim: readonly number[];
  /** True if the server closed the connection. */
  readonly closed: boolean;
  /** Bytes behind the last whole response. */
  readonly leftover: string;
  readonly elapsedMs: number;
}

export interface RawOptions {
  /** How many responses to wait for. @default 1 */
  readonly responses?: number;
  /** Ends the writing half after the last byte, like a client that stops in the middle. @default false */
  readonly end?: boolean;
  /** Waits for the server to end the connection, even where it has not announced that. @default false */
  readonly untilClosed?: boolean;
  /** Returns what has arrived by this deadline, or fails. @default 5000 */
  readonly deadlineMs?: number;
}

const toBuffer = (bytes: RawBytes): Buffer =>
  typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes);

/** All values of a header field, whatever the case of its name. */
export const valuesOf = ({ headers }: Pick<RawResponse, 'headers'>, name: string): readonly string[] =>
  headers.filter(([field]) => field.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

const LINE_END = '\r\n';

interface Parsed {
  readonly response: RawResponse;
  readonly rest: Buffer;
}

/** A chunked body from the front of the bytes, or nothing while it is not whole. */
const readChunks = (bytes: Buffer): { readonly body: Buffer; readonly rest: Buffer } | undefined => {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error(`not a chunk size: ${bytes.toString('latin1', at, lineEnd)}`);
    const start = lineEnd + 2;
    if (size === 0) {
      // Trailers, if any, end with an empty line of their own.
      const end =
        bytes.toString('latin1', start, start + 2) === LINE_END ? start : bytes.indexOf('\r\n\r\n', start) + 2;
      if (end < start || bytes.length < end + 2) return undefined;
      return { body: Buffer.concat(chunks), rest: bytes.subarray(end + 2) };
    }
    if (bytes.length < start + size + 2) return undefined;
    chunks.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
};

const hasBody = (status: number, method: string): boolean =>
  method !== 'HEAD' && status >= 200 && status !== 204 && status !== 304;

/** One response from the front of the bytes, or nothing while it is not whole. */
const readResponse = (bytes: Buffer, method: string, ended: boolean): Parsed | undefined => {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split(LINE_END);
  const [, status, reason] = /^HTTP\/1\.[01] (\d{3}) ?(.*)$/.exec(statusLine) ?? [];
  if (status === undefined) throw new Error(`not a status line: ${statusLine}`);
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const whole = (body: Buffer, rest: Buffer): Parsed => ({
    response: { status: Number(status), reason: reason ?? '', headers, body: body.toString('utf8') },
    rest,
  });

  const rest = bytes.subarray(headEnd + 4);
  if (!hasBody(Number(status), method)) return whole(Buffer.alloc(0), rest);
  if (valuesOf({ headers }, 'transfer-encoding').some((value) => /\bchunked$/i.test(value))) {
    const chunked = readChunks(rest);
    return chunked && whole(chunked.body, chunked.rest);
  }
  const [length] = valuesOf({ headers }, 'content-length');
  if (length === undefined) return ended ? whole(rest, Buffer.alloc(0)) : undefined;
  const size = Number(length);
  return rest.length < size ? undefined : whole(rest.subarray(0, size), rest.subarray(size));
};

/** Gathers what a connection brings. */
class Reader {
  readonly responses: RawResponse[] = [];
  readonly interim: number[] = [];
  readonly #firstMethod: () => string;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(firstMethod: () => string) {
    this.#firstMethod = firstMethod;
  }

  get leftover(): string {
    return this.#bytes.toString('latin1');
  }

  add(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    this.take(false);
  }

  take(ended: boolean): void {
    for (;;) {
      // Only the first request's method is considered; a later HEAD would have to be distinguished.
      const method = this.responses.length === 0 ? this.#firstMethod() : '';
      const parsed = readResponse(this.#bytes, method, ended);
      if (parsed === undefined) return;
      this.#bytes = parsed.rest;
      const { status } = parsed.response;
      if (status < 200 && status !== 101) this.interim.push(status);
      else this.responses.push(parsed.response);
    }
  }
}

const announcesClose = (response: RawResponse | undefined): boolean =>
  response !== undefined && valuesOf(response, 'connection').some((value) => value.toLowerCase() === 'close');

/** All bytes at once, or parts that arrive over time. */
export type RawSource = RawBytes | AsyncIterable<RawBytes>;

async function* partsOf(source: RawSource): AsyncGenerator<Buffer> {
  if (typeof source === 'string' || source instanceof Uint8Array) yield toBuffer(source);
  else for await (const part of source) yield toBuffer(part);
}

/** Sends raw bytes to a port of this machine, and returns all that was received until the deadline. */
export const exchangeRaw = (port: number, source: RawSource, options: RawOptions = {}): Promise<RawExchange> =>
  new Promise((resolve, reject) => {
    const { responses: wanted = 1, end = false, untilClosed = false, deadlineMs = 5_000 } = options;
    const startedAt = performance.now();
    const socket = connect(port, '127.0.0.1');
    let sent = '';
    let closed = false;
    const reader = new Reader(() => /^\S*/.exec(sent)?.[0] ?? '');

    const settle = (): void => {
      clearTimeout(timer);
      socket.destroy();
      const { responses, interim, leftover } = reader;
      resolve({ responses, interim, closed, leftover, elapsedMs: performance.now() - startedAt });
    };
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const timer = setTimeout(settle, deadlineMs);

    const write = async (): Promise<void> => {
      for await (const part of partsOf(source)) {
        if (socket.destroyed) return;
        if (sent === '') sent = part.toString('latin1', 0, 64);
        socket.write(part);
      }
      if (end) socket.end();
    };

    socket.setNoDelay(true);
    socket.on('connect', () => void write().catch(fail));
    socket.on('data', (chunk) => {
      try {
        reader.add(chunk);
      } catch (error) {
        fail(error);
        return;
      }
      if (reader.responses.length < wanted) return;
      if (!untilClosed && !announcesClose(reader.responses.at(-1))) settle();
    });
    // A reset is an end as well; a refused connection is not an exchange.
    socket.on('error', (error) => {
      if ('code' in error && error.code === 'ECONNREFUSED') fail(error);
    });
    socket.on('close', () => {
      closed = true;
      try {
        reader.take(true);
        settle();
      } catch (error) {
        fail(error);
      }
    });
  });

/** Sends raw bytes and returns the one response. @throws Error if there is none. */
export const sendRaw = async (
  port: number,
  source: RawSource,
  options: Omit<RawOptions, 'responses'> = {},
): Promise<RawResponse & Omit<RawExchange, 'responses'>> => {
  const { responses, ...rest } = await exchangeRaw(port, source, options);
  const [response] = responses;
  if (response !== undefined) return { ...response, ...rest };
  const how = rest.closed ? 'The server closed the connection' : 'There was no answer';
  throw new Error(`${how} after ${Math.round(rest.elapsedMs)} ms; it had sent: ${JSON.stringify(rest.leftover)}`);
};

/** A request of text lines, with a Content-Length for its body. `lines` are the request line and the header fields. */
export const rawRequest = (lines: readonly string[], body: RawBytes = ''): Buffer => {
  const bytes = toBuffer(body);
  const length = bytes.length === 0 ? [] : [`Content-Length: ${bytes.length}`];
  return Buffer.concat([toBuffer([...lines, ...length, '', ''].join(LINE_END)), bytes]);
};

export interface Served {
  readonly port: number;
  readonly url: string;
  /** Doing it twice does no harm, and it happens by itself after the file's tests. */
  close(): Promise<void>;
}

const open = new Set<() => Promise<void>>();

/** Serves an app on a free port of the loopback address. */
export const serve = async (app: RequestListener): Promise<Served> => {
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    if (!open.delete(close)) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };
  open.add(close);
  return { port, url: `http://127.0.0.1:${port}`, close };
};

afterAll(async () => {
  await Promise.all([...open].map((close) => close()));
});
