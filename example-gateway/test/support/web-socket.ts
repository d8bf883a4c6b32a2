import { closeFrame, closeReasons } from '../../src/websocket/close-frame';
import { aGateway, anApi, type GatewayOptions, type TestGateway } from './gateway';
import { RawClient } from './raw-client';

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

const HANDSHAKE = [
  'GET /orders HTTP/1.1',
  'Host: gateway.test',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${KEY}`,
];

/** Returns the bytes of a handshake with the lines of the same name replaced; `undefined` removes. */
export const handshakeWith = (changes: Readonly<Record<string, string | undefined>> = {}): string => {
  const [requestLine = '', ...lines] = HANDSHAKE;
  const kept = lines.filter((line) => !((line.split(':')[0] ?? '') in changes));
  const added = Object.entries(changes).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return [requestLine, ...kept, ...added, '', ''].join('\r\n');
};

/** A gateway whose API `orders` accepts WebSockets. */
export const gatewayTo = (upstream: string, { keys, ...options }: GatewayOptions = {}): Promise<TestGateway> =>
  aGateway({ ...options, keys: { apis: { orders: anApi(upstream, { websocket: true }) }, ...keys } });

/** The handshake with the public resource `/health`. */
export const openHandshake = handshakeWith().replace('/orders ', '/orders/health ');

/** Opens a WebSocket. @returns the client, which has received the head of the response */
export const openedClient = async (gateway: TestGateway, handshake = openHandshake): Promise<RawClient> => {
  const client = new RawClient(gateway.url).write(handshake);
  expect(await client.waitFor('\r\n\r\n')).toMatch(/^HTTP\/1\.1 101 /);
  return client;
};

/** What a client has received after the head. */
export const framesOf = ({ received }: RawClient): Buffer => received.subarray(received.indexOf('\r\n\r\n') + 4);

/** An unmasked text frame, as upstreams send. */
export const textFrame = (text: string): Buffer => Buffer.from([0x81, text.length, ...Buffer.from(text)]);

/** A masked text frame, as clients send; the masking key is zero. */
export const maskedTextFrame = (text: string): Buffer =>
  Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0, ...Buffer.from(text)]);

/** The code of an unmasked Close frame of the gateway at the end of the bytes. */
export const closeCodeOf = (bytes: Buffer): number | undefined => {
  const reasons = Object.values(closeReasons);
  return reasons.find((reason) => bytes.subarray(-closeFrame(reason).length).equals(closeFrame(reason)))?.code;
};
