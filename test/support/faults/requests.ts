import { Agent, request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';

/** A response of a gate. */
export interface Answer {
  /** 0 if the connection ended without a response. */
  readonly status: number;
  readonly body: string;
  /** By the monotonic clock, as `performance.now()`. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

interface Order {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly form?: Readonly<Record<string, string>>;
}

const MAX_SOCKETS = 256;
/** Ends a request without a response. It is far beyond every deadline, so that such a request is found. */
const GIVES_UP_MS = 20_000;

const read = (response: IncomingMessage): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
    });
    response.on('close', () => resolve(text));
  });

/** Sends requests to one gate over kept connections. */
export class Requests {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  readonly #port: number;
  readonly #credentials: string;

  constructor(port: number, [key, secret]: readonly [string, string]) {
    this.#port = port;
    this.#credentials = `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`;
  }

  get(path: string, token?: string): Promise<Answer> {
    return this.#send({
      method: 'GET',
      path,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  }

  post(path: string, form: Readonly<Record<string, string>>): Promise<Answer> {
    const headers = { authorization: this.#credentials, 'content-type': 'application/x-www-form-urlencoded' };
    return this.#send({ method: 'POST', path, headers, form });
  }

  close(): void {
    this.#agent.destroy();
  }

  #send({ method, path, headers, form }: Order): Promise<Answer> {
    const sentAt = performance.now();
    return new Promise((resolve) => {
      const settle = (status: number, body = ''): void =>
        resolve({ status, body, sentAt, answeredAt: performance.now() });
      const sent = request({ agent: this.#agent, host: '127.0.0.1', port: this.#port, method, path, headers });
      sent.setTimeout(GIVES_UP_MS, () => sent.destroy());
      sent.on('error', () => settle(0));
      sent.on('response', (response) => {
        void read(response).then((body) => settle(response.statusCode ?? 0, body));
      });
      sent.end(form === undefined ? undefined : new URLSearchParams(form).toString());
    });
  }
}
