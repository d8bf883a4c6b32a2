import type { ApplicationInfo } from '../../directory/application-info';
import type { Texts } from '../../pages/texts/texts';

type LabelTexts = Pick<Texts, 'applications'>;

/** Folds a name for comparison: names that differ only in case or in compatible characters (NFKC) look the same. */
export const foldedName = (name: string): string => name.normalize('NFKC').trim().toLowerCase();

const distinguished = ({ id, name, keys }: ApplicationInfo, { applications }: LabelTexts): string => {
  const clientId = (keys.production ?? keys.sandbox)?.clientId;
  return clientId === undefined
    ? applications.withoutKey(name, id.slice(-4))
    : applications.withKey(name, clientId.slice(-4));
};

/** Returns the display names of applications by id. Equal names are distinguished by the end of a key or of the id. */
export const labelsOf = (applications: readonly ApplicationInfo[], texts: LabelTexts): ReadonlyMap<string, string> => {
  const counts = new Map<string, number>();
  for (const { name } of applications) counts.set(foldedName(name), (counts.get(foldedName(name)) ?? 0) + 1);
  return new Map(
    applications.map((application) => {
      const { id, name } = application;
      return [id, (counts.get(foldedName(name)) ?? 0) > 1 ? distinguished(application, texts) : name];
    }),
  );
};
