import type { Response } from 'express';
import { send as sendReply, type Reply } from '../endpoints/endpoint';

/** A complete response. */
export interface Sendable {
  readonly status: number;
  readonly type: string;
  readonly text: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** How browsers may cache the response. Absent if it must not be cached. */
  readonly caching?: Pick<Reply, 'maxAge' | 'isImmutable'>;
}

export const send = (response: Response, { status, type, text, headers, caching = {} }: Sendable): void =>
  sendReply(response, { status, text, headers: { 'Content-Type': type, ...headers }, ...caching });
