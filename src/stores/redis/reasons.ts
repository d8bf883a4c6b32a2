/** Reason why Redis cannot be used: one word that is safe to log. A driver's error contains command arguments. */
export interface Reason {
  readonly word: string;
  /** `reply`: an error reply of Redis, which is more specific than the end of a connection. */
  readonly source: 'reply' | 'connection';
  /** Name of the command that Redis does not permit, without its arguments. */
  readonly command?: string;
}

/** Replies that Redis sends before it closes a connection, and that drivers discard. */
const FINAL_REPLIES: readonly (readonly [start: string, word: string])[] = [
  ['ERR max number of clients', 'maxclients'],
  ['DENIED', 'DENIED'],
];

/** Returns the word for an error reply; `undefined` for any other text. */
const wordOfReply = (text: string): string | undefined => {
  const finalReply = FINAL_REPLIES.find(([start]) => text.startsWith(start));
  if (finalReply !== undefined) return finalReply[1];
  // A command inside a script, before Redis 7.2.
  if (text.startsWith('ERR The user executing the script')) return 'NOPERM';
  return /^[A-Z]{2,}\b/.exec(text)?.[0];
};

const isString = (value: unknown): value is string => typeof value === 'string';

const memberOf = (error: Error, name: string): unknown => (error as unknown as Readonly<Record<string, unknown>>)[name];

const commandOf = (error: Error): string | undefined => {
  const command = memberOf(error, 'command');
  if (typeof command !== 'object' || command === null || !('name' in command)) return undefined;
  return isString(command.name) && /^[a-z]{1,30}$/i.test(command.name) ? command.name.toLowerCase() : undefined;
};

/** Returns the reason why a command or a connection failed, from the driver's error. */
export const reasonOf = (thrown: unknown): Reason => {
  if (!(thrown instanceof Error)) return { word: 'failed', source: 'connection' };
  const word = wordOfReply(thrown.message);
  const command = word === 'NOPERM' ? commandOf(thrown) : undefined;
  if (word !== undefined) return { word, source: 'reply', ...(command === undefined ? {} : { command }) };
  const ofNode = memberOf(thrown, 'lastNodeError'); // a Cluster client wraps the errors of its nodes
  if (ofNode instanceof Error) return reasonOf(ofNode);
  const code = memberOf(thrown, 'code');
  return { word: isString(code) ? code : 'disconnected', source: 'connection' };
};

/** Returns the reason in the first bytes of a connection, for the replies after which Redis closes it. */
export const reasonInFinalReply = (bytes: string): Reason | undefined => {
  const finalReply = FINAL_REPLIES.find(([start]) => bytes.startsWith(`-${start}`));
  return finalReply === undefined ? undefined : { word: finalReply[1], source: 'reply' };
};

/** Replies to a write that every other write would get too, while reads may still succeed. */
const REFUSED_WRITES: ReadonlySet<string> = new Set(['OOM', 'READONLY', 'MISCONF', 'NOREPLICAS']);

/** Checks whether this reason means that Redis currently refuses all writes. */
export const isRefusedWrite = ({ word }: Reason): boolean => REFUSED_WRITES.has(word);

const CURES: Readonly<Record<string, string>> = {
  WRONGPASS: 'Check the user name and the password of the client that was passed in',
  NOAUTH: 'Redis requires a password: give it to the client that was passed in',
  NOPERM: 'Permit the command to the Redis user of the client that was passed in',
  DENIED: 'Redis runs in protected mode: set a password in Redis, or bind it to an address that the gate may use',
  maxclients: 'Redis accepts no more connections: raise maxclients, or close connections',
  LOADING: 'Redis is loading its data from disk and will reply when that is done',
  MASTERDOWN: 'The replica has lost its primary: connect the gate to the primary',
  READONLY: 'The server is a replica: connect the gate to the primary',
  OOM: 'Redis has reached maxmemory: give it more memory',
  MISCONF: 'Redis cannot write its snapshot to disk and refuses writes: see the log of Redis',
  NOREPLICAS: 'Redis has too few replicas for min-replicas-to-write and refuses writes',
  CLUSTERDOWN: 'The Cluster does not serve all slots: see CLUSTER INFO',
};

/** Returns the cure for a reason, as a sentence for the operator; `undefined` if the word is enough. */
export const cureOf = ({ word }: Reason): string | undefined => (Object.hasOwn(CURES, word) ? CURES[word] : undefined);
