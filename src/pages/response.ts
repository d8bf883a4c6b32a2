import type { Response } from 'express';
import { send as sendReply } from '../endpoints/endpoint';

/** A complete response. */
export interface Sendable {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds for which the response may be cached. Absent if it must not be cached. */
  readonly maxAge?: number;
}

export const send = (response: Response, { status, type, text, headers, maxAge }: Sendable): void =>
  sendReply(response, {
    status,
    text,
    headers: { 'Content-Type': type, ...headers },
    ...(maxAge === undefined ? {} : { maxAge }),
  });
