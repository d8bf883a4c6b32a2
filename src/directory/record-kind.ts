import type { DeclaredElsewhere } from './declared-elsewhere';
import type { Collection } from './directory-store';
import type { RecordCache } from './record-cache';
import type { ReadRecord } from './stored-records';
import type { Registered } from './registered';
import type { TakenNames } from './taken-names';

/** Records declared in the options: local to this process and read-only. */
export type Declared<R> = ReadonlyMap<string, R | Promise<R>>;

/** Defines which names of a kind of record could be mistaken for one another. */
export interface Naming<R> {
  /** Returns the key of a name. Names that could be mistaken for each other have the same key, so only one can exist. */
  keyOf(name: string): string;
  /** Returns the name of a record. */
  nameOf(record: R): string;
}

/** Defines how the records of one kind are called in messages, where they are, and how they are read and named. */
export interface RecordKind<R> {
  readonly noun: string;
  readonly declared: Declared<R>;
  readonly stored: Collection<R>;
  readonly cache: RecordCache<R>;
  readonly read: ReadRecord<R>;
  /** If omitted, every name is its own key. */
  readonly naming?: Naming<R>;
  /** Declared names that are refused. @default none */
  readonly taken?: TakenNames;
  /** How the declared records are registered. @default not at all */
  readonly registered?: Registered<R>;
  /** Records that only other gates declare. @default none */
  readonly elsewhere?: DeclaredElsewhere<R>;
}
