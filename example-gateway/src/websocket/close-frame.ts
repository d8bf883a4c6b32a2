import { randomBytes } from 'node:crypto';

/** The reason why the gateway closes a WebSocket: a code of RFC 6455 §7.4.1 or of IANA's registry, and a short text. */
export interface CloseReason {
  readonly code: number;
  /** ASCII, at most 123 bytes. */
  readonly text: string;
}

export const closeReasons = {
  tokenEnded: { code: 1008, text: 'the token has ended' },
  tokenExpired: { code: 1008, text: 'the token has expired' },
  cannotCheck: { code: 1013, text: 'the token cannot be checked; try again later' },
  goingAway: { code: 1001, text: 'the gateway is shutting down' },
  restarting: { code: 1012, text: 'the configuration has changed; connect again' },
  upstreamGone: { code: 1014, text: 'the upstream has closed its connection' },
} as const satisfies Readonly<Record<string, CloseReason>>;

const FINAL_CLOSE = 0x88;
const IS_MASKED = 0x80;
const MASKING_KEY = 4;

const payloadOf = ({ code, text }: CloseReason): Buffer => {
  const payload = Buffer.from(`  ${text}`, 'latin1');
  payload.writeUInt16BE(code);
  return payload;
};

/** Returns a Close frame for a client (RFC 6455 §5.5.1). */
export const closeFrame = (reason: CloseReason): Buffer => {
  const payload = payloadOf(reason);
  return Buffer.concat([Buffer.of(FINAL_CLOSE, payload.length), payload]);
};

/** Returns a Close frame for an upstream, masked like every frame that a server receives (RFC 6455 §5.3). */
export const maskedCloseFrame = (reason: CloseReason): Buffer => {
  const payload = payloadOf(reason);
  const key = randomBytes(MASKING_KEY);
  const masked = payload.map((byte, index) => byte ^ (key[index % MASKING_KEY] ?? 0));
  return Buffer.concat([Buffer.of(FINAL_CLOSE, IS_MASKED | payload.length), key, masked]);
};
