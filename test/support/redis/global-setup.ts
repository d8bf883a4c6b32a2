import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADDRESS_VARIABLE, FOLDER_VARIABLE, killServersIn, RedisServer } from './server';

const reach = ({ hostname, port }: URL): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(port || 6379), hostname, () => {
      socket.destroy();
      resolve();
    });
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer within 2 s')));
    socket.on('error', reject);
  });

const checkGiven = async (address: string): Promise<void> => {
  try {
    if (!address.startsWith('/')) await reach(new URL(address));
  } catch (error) {
    throw new Error(`REDIS_URL is set, and nothing answers there: ${String(error)}`, { cause: error });
  }
};

/** A folder for the servers of this run. When a signal ends the run there is no teardown, and they go with it all the same. */
const makeFolder = (): void => {
  const folder = mkdtempSync(join(tmpdir(), 'scopegate-tests-'));
  process.env[FOLDER_VARIABLE] = folder;
  const end = (): void => killServersIn(folder);
  process.once('exit', end);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      process.off('exit', end);
      end();
      process.kill(process.pid, signal);
    });
  }
};

let server: RedisServer | undefined;

/** One Redis for the whole run: the one that REDIS_URL names, else a private server. */
export default async (): Promise<void> => {
  const given = process.env['REDIS_URL'];
  if (given) await checkGiven(given);
  makeFolder();
  if (!given) server = await RedisServer.start();
  process.env[ADDRESS_VARIABLE] = given || server?.address;
};

export const endServer = async (): Promise<void> => {
  await server?.close();
};
