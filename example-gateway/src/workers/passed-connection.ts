import type { ChildProcess } from 'node:child_process';
import { isMap } from '../configuration/fields';

interface Handle {
  close(): void;
}

const isHandle = (value: unknown): value is Handle =>
  typeof value === 'object' && value !== null && 'close' in value && typeof value.close === 'function';

/**
 * The connection that `node:cluster` has passed to a worker and that the worker has not acknowledged yet: there is at
 * most one at a time. If the worker ends first, `node:cluster` would keep it open forever, and its client would
 * get no response.
 */
export class PassedConnection {
  #handle: Handle | undefined;
  #sequence: unknown;

  /** @param child the worker, before any connection is passed to it */
  constructor(child: ChildProcess) {
    const send = child.send.bind(child) as (...args: readonly unknown[]) => boolean;
    child.send = (...args: readonly unknown[]): boolean => {
      this.#onSend(args[0], args[1]);
      return send(...args);
    };
    child.on('internalMessage', (message: unknown) => this.#onReply(message));
  }

  /** Closes it, for a worker that has ended. */
  close(): void {
    this.#handle?.close();
    this.#handle = undefined;
  }

  #onSend(message: unknown, handle: unknown): void {
    if (!isMap(message) || message['act'] !== 'newconn' || !isHandle(handle)) return;
    this.#handle = handle;
    this.#sequence = message['seq'];
  }

  #onReply(message: unknown): void {
    if (isMap(message) && message['cmd'] === 'NODE_CLUSTER' && message['ack'] === this.#sequence) {
      this.#handle = undefined;
    }
  }
}
