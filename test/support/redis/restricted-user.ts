import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { NEEDED_COMMANDS, OPTIONAL_COMMANDS } from '../../../src/cli/doctor/access-findings';
import { redisAddress, testRedis } from './redis';

interface Restricted {
  readonly username: string;
  readonly client: Redis;
}

let opened: Promise<Restricted> | undefined;

/** Creates a user that may send exactly the commands of the documented access list, with any key. */
const open = async (): Promise<Restricted> => {
  const [username, password] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
  const commands = [...NEEDED_COMMANDS, ...OPTIONAL_COMMANDS].map((command) => `+${command}`);
  await (await testRedis()).call('ACL', 'SETUSER', username, 'on', `>${password}`, '~*', '&*', '-@all', ...commands);
  const client = new Redis(redisAddress(), { username, password });
  client.on('error', () => undefined);
  await client.ping();
  return { username, client };
};

/** A connected client of a Redis user with the permissions that `scopegate doctor` and docs/operations.md name. */
export const restrictedRedis = async (): Promise<Redis> => (await (opened ??= open())).client;

afterAll(async () => {
  if (opened === undefined) return;
  const { username, client } = await opened;
  client.disconnect();
  await (await testRedis()).call('ACL', 'DELUSER', username);
});
