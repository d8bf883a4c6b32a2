/** A sorted set in the slot of the records, whose entries change together with them. */
export interface RecordIndex {
  readonly key: string;

  /** Returns the entries of a record. */
  entriesOf(key: string, stored: unknown): readonly string[];
}

/** Returns the keys and arguments by which a script changes the entries of a record; none if they stay the same. */
export const entryChange = (
  index: RecordIndex | undefined,
  key: string,
  { before, after }: { readonly before: unknown; readonly after: unknown },
): { readonly keys: readonly string[]; readonly args: readonly (string | number)[] } => {
  const [old, present] = [index?.entriesOf(key, before) ?? [], index?.entriesOf(key, after) ?? []];
  const removed = old.filter((entry) => !present.includes(entry));
  const added = present.filter((entry) => !old.includes(entry));
  if (index === undefined || removed.length + added.length === 0) return { keys: [], args: [] };
  return { keys: [index.key], args: [removed.length, ...removed, ...added] };
};
