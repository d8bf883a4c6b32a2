import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { until } from '../../../test/support/time/waiting';

const open = new Set<Socket>();

afterAll(() => {
  for (const socket of open) socket.destroy();
  open.clear();
});

export interface RawClientOptions {
  /** The certificate of a gateway that listens with TLS. */
  readonly ca?: string;
  /** The address of the client. */
  readonly localAddress?: string;
}

/** A connection whose bytes the test writes and reads. */
export class RawClient {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #isEnded = false;
  #isClosed = false;

  constructor(url: string, options: RawClientOptions = {}) {
    const { protocol, port } = new URL(url);
    const address = { port: Number(port), host: '127.0.0.1', ...options };
    this.socket = protocol === 'https:' ? connectSecurely(address) : connect(address);
    open.add(this.socket);
    this.socket.setNoDelay(true);
    this.socket.on('error', () => undefined);
    this.socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
    });
    this.socket.on('end', () => {
      this.#isEnded = true;
    });
    this.socket.on('close', () => {
      this.#isClosed = true;
    });
  }

  /** All bytes so far. */
  get received(): Buffer {
    if (this.#chunks.length > 1) this.#chunks.splice(0, Infinity, Buffer.concat(this.#chunks));
    return this.#chunks[0] ?? Buffer.of();
  }

  /** The number of all bytes so far. */
  get length(): number {
    return this.#length;
  }

  get text(): string {
    return this.received.toString('latin1');
  }

  /** True if the gateway has ended the connection. */
  get isEnded(): boolean {
    return this.#isEnded || this.#isClosed;
  }

  /** Writes bytes; a text is latin-1. */
  write(bytes: string | Uint8Array): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return this;
  }

  /** Waits for a text. @returns all that was received */
  async waitFor(text: string): Promise<string> {
    await until(() => this.text.includes(text) || this.isEnded);
    expect(this.text).toContain(text);
    return this.text;
  }

  /** Waits for the end of the connection. @returns all that was received */
  async waitForEnd(): Promise<string> {
    await until(() => this.isEnded);
    return this.text;
  }
}
