/**
 * The part of an ioredis client that scopegate needs, as a structural type: the classes of ioredis 5 and 6 are
 * incompatible for the compiler, but both fit this.
 */
export interface RedisLike {
  readonly status: string;
  duplicate(override?: object, options?: object): RedisLike;
  call(command: string, ...args: (string | number)[]): Promise<unknown>;
  disconnect(reconnect?: boolean): void;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
}
