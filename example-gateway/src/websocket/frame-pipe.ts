import type { Socket } from 'node:net';
import { FrameBoundaries } from './frame-boundaries';

/** `ending`: passes on the rest of a frame, then a last frame. `ended`: reads on and discards. */
type State = 'open' | 'ending' | 'ended';

/** One direction of a WebSocket: passes bytes on unchanged, and pauses the source while the sink has not taken them. */
export class FramePipe {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #onProgress: () => void;
  readonly #boundaries = new FrameBoundaries();
  #state: State = 'open';
  #lastFrame: Buffer | undefined;

  /** @param onProgress called after a chunk in which a Close frame has passed or the last frame was sent */
  constructor(source: Socket, sink: Socket, onProgress: () => void) {
    this.#source = source;
    this.#sink = sink;
    this.#onProgress = onProgress;
  }

  /** True if the source has sent a Close frame. */
  get hasClosed(): boolean {
    return this.#boundaries.hasClosed;
  }

  /** True if nothing of the source is passed on any more. */
  get isEnded(): boolean {
    return this.#state === 'ended';
  }

  /** @param head bytes of the source that were read before */
  start(head: Buffer): void {
    this.#source.on('data', this.#onData);
    this.#sink.on('drain', () => this.#source.resume());
    this.#source.resume();
    if (head.length > 0) this.#onData(head);
  }

  /** Passes on the rest of the present frame, then sends `frame`, and discards everything that follows. */
  endWith(frame: Buffer): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.#lastFrame = frame;
    if (this.#boundaries.isAtBoundary) this.#sendLast();
  }

  /** Discards everything from now on. @returns whether the sink has received whole frames only */
  cut(): boolean {
    const isWhole = this.#state !== 'ended' && this.#boundaries.isAtBoundary;
    this.#state = 'ended';
    this.#source.resume();
    return isWhole;
  }

  readonly #onData = (chunk: Buffer): void => {
    const hadClosed = this.hasClosed;
    if (this.#state === 'ended') this.#boundaries.follow(chunk);
    else if (this.#state === 'ending') this.#passRest(chunk);
    else {
      this.#boundaries.follow(chunk);
      this.#pass(chunk);
    }
    if (this.hasClosed !== hadClosed) this.#onProgress();
  };

  #passRest(chunk: Buffer): void {
    const end = this.#boundaries.next(chunk);
    this.#pass(end === -1 ? chunk : chunk.subarray(0, end));
    if (end === -1) return;
    this.#sendLast();
    this.#boundaries.follow(chunk, end);
  }

  #pass(chunk: Buffer): void {
    if (!this.#sink.write(chunk)) this.#source.pause();
  }

  #sendLast(): void {
    this.#state = 'ended';
    if (this.#lastFrame !== undefined && !this.hasClosed) this.#sink.write(this.#lastFrame);
    this.#source.resume();
    this.#onProgress();
  }
}
