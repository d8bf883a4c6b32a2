import type { ApplicationInfo } from '../directory/application-info';

/** Two names are the same to a reader if they differ only in case or in compatible characters (Unicode NFKC). */
export const foldedName = (name: string): string => name.normalize('NFKC').trim().toLowerCase();

const ending = ({ id, keys }: ApplicationInfo): string => {
  const clientId = (keys.production ?? keys.sandbox)?.clientId;
  return clientId === undefined ? `no key yet, ID …${id.slice(-4)}` : `key …${clientId.slice(-4)}`;
};

/** Names of applications by id. Those that share a name are distinguished by the end of a key. */
export const labelsOf = (applications: readonly ApplicationInfo[]): ReadonlyMap<string, string> => {
  const counts = new Map<string, number>();
  for (const { name } of applications) counts.set(foldedName(name), (counts.get(foldedName(name)) ?? 0) + 1);
  return new Map(
    applications.map((application) => {
      const { id, name } = application;
      return [id, (counts.get(foldedName(name)) ?? 0) > 1 ? `${name} (${ending(application)})` : name];
    }),
  );
};
