import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** A port below those that systems give to outgoing connections, any of which may be taken from one moment to the next. */
export const anyPort = (): number => randomInt(10_000, 32_000);

/** A port of the loopback address on which nothing listened a moment ago, for a program that must be given a number. */
export const freePort = async (): Promise<number> => {
  const port = anyPort();
  const probe = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!isFree) return freePort();
  await new Promise((resolve) => void probe.close(resolve));
  return port;
};
