import type { IncomingMessage } from 'node:http';

/** Returns the header lines of a response of Node's HTTP client as bytes, names and values in turn. */
export const rawHeadersOf = ({ rawHeaders }: IncomingMessage): readonly Buffer[] =>
  rawHeaders.map((text) => Buffer.from(text, 'latin1'));
