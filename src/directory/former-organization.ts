import { setImmediate } from 'node:timers/promises';
import { DirectoryError } from '../protocol/errors';
import { printValue } from '../protocol/printed-value';
import type { Directory } from './directory';

/** Records that are read in one turn of the event loop: a store in memory yields them without waiting. */
const RECORDS_PER_TURN = 1_000;

async function* inTurns<T>(records: AsyncIterable<T>): AsyncGenerator<T> {
  let count = 0;
  for await (const record of records) {
    count += 1;
    if (count % RECORDS_PER_TURN === 0) await setImmediate();
    yield record;
  }
}

const refuse = (key: string, noun: 'user' | 'application', call: string): never => {
  throw new DirectoryError(
    'ERR_SCOPEGATE_EXISTS',
    `${noun}s of a former organization ${printValue(key)} exist: remove them first, such as with gate.directory.${call}`,
  );
};

/**
 * Refuses the key of a new organization while users or applications of a former one exist: they would belong to the new
 * one, administrators included. Reads all users, in pages.
 * @throws DirectoryError `ERR_SCOPEGATE_EXISTS` naming one of them; StoreUnavailableError
 */
export const refuseFormerKey = async (
  { createdUsers, applications }: Pick<Directory, 'createdUsers' | 'applications'>,
  key: string,
): Promise<void> => {
  for await (const { organization, username } of inTurns(createdUsers.listComplete())) {
    if (organization === key) refuse(key, 'user', `users.remove(${printValue(username)})`);
  }
  for await (const { id } of applications.listGroup({ organization: key })) {
    refuse(key, 'application', `applications.remove(${JSON.stringify(id)})`);
  }
};
