import type { Logger } from '../events/logger';
import type { Path } from '../protocol/checks';
import { ConfigurationError, printPath, type OptionFault } from '../protocol/errors';
import { printValue } from '../protocol/printed-value';
import { systemClock, type Seconds } from '../protocol/time';
import type { Declarations } from './declarations';
import type { Directory } from './directory';
import { ENVIRONMENTS } from './key-pairs';
import type { Application } from './records';
import type { TakenNames } from './taken-names';

const FULL_CHECK_EVERY: Seconds = 60;

/** A store limits the commands in flight. */
const READS_AT_A_TIME = 100;

/** A declared name that must not be that of a record that was created at run time. */
interface DeclaredName {
  /** Of the option that declares it. */
  readonly path: Path;
  readonly name: string;
  readonly taken: TakenNames;
  /** Describes the conflict and its cure. */
  readonly describe: () => Promise<string>;
}

const userProblem = async ({ users }: Directory, declared: string): Promise<string> => {
  const name = printValue((await users.findTaking(declared))?.username ?? declared);
  return `is also the name of a user that was created at run time, so both are refused: remove that user with gate.directory.users.remove(${name}), or declare another name`;
};

const keyProblem = async ({ clients }: Directory, declared: string): Promise<string> => {
  const id = JSON.stringify((await clients.findTaking(declared))?.applicationId ?? '');
  return `is also the key of an application that was created at run time, so both are refused: remove that application with gate.directory.applications.remove(${id}), or declare another key`;
};

const keysOf = ({ keys }: Application, path: Path): readonly (readonly [path: Path, clientId: string])[] =>
  ENVIRONMENTS.flatMap((environment) => {
    const pair = keys[environment];
    const below = environment === 'production' ? path : [...path, environment];
    return pair === undefined ? [] : [[[...below, 'consumerKey'], pair.clientId] as const];
  });

const namesIn = ({ users, applications }: Declarations, directory: Directory): readonly DeclaredName[] => [
  ...users.map(({ username }, index) => ({
    path: ['users', index, 'username'],
    name: username,
    taken: directory.users.declared.taken,
    describe: () => userProblem(directory, username),
  })),
  ...applications.flatMap((application, index) =>
    keysOf(application, ['applications', index]).map(([path, clientId]) => ({
      path,
      name: clientId,
      taken: directory.clients.declared.taken,
      describe: () => keyProblem(directory, clientId),
    })),
  ),
];

export interface ConflictServices {
  readonly declarations: Declarations;
  readonly directory: Directory;
  readonly logger: Logger;
}

/** Finds the declared users and consumer keys whose names records have that were created at run time. */
export class DeclaredConflicts {
  readonly #names: readonly DeclaredName[];
  readonly #logger: Logger;
  #checkedAt = -Infinity;
  #logged = '';
  #checking: Promise<void> | undefined;

  constructor({ declarations, directory, logger }: ConflictServices) {
    this.#names = namesIn(declarations, directory);
    this.#logger = logger;
  }

  /**
   * Reads the store: for all declared names at most once a minute, for those in conflict each time.
   * @throws ConfigurationError naming each conflict and its cure; StoreUnavailableError
   */
  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  async #check(): Promise<void> {
    const now = systemClock(); // because a clock that is passed in may stand still
    const isFull = Math.abs(now - this.#checkedAt) >= FULL_CHECK_EVERY;
    const names = isFull ? this.#names : this.#inConflict();
    for (let start = 0; start < names.length; start += READS_AT_A_TIME) {
      const slice = names.slice(start, start + READS_AT_A_TIME);
      await Promise.all(slice.map(({ name, taken }) => taken.findFresh(name)));
    }
    if (isFull) this.#checkedAt = now;
    await this.#report(this.#inConflict());
  }

  #inConflict(): readonly DeclaredName[] {
    return this.#names.filter(({ name, taken }) => taken.has(name));
  }

  async #report(conflicts: readonly DeclaredName[]): Promise<void> {
    const options = conflicts.map(({ path }) => printPath(path)).join(', ');
    if (options !== this.#logged && options !== '') {
      this.#logger.error(
        { options },
        'Declared names are those of records that were created at run time, and are refused. gate.ready() rejects with the cure',
      );
    }
    this.#logged = options;
    if (conflicts.length === 0) return;
    const faults: OptionFault[] = [];
    for (const { path, describe } of conflicts) faults.push({ path, problem: await describe() });
    throw new ConfigurationError(faults);
  }
}
