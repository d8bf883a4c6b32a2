const MAX_NAME_COMPARED = 64;
const MAX_NAMES_LISTED = 40;

/** Returns the edit distance; a transposition of two adjacent letters counts as one edit. */
const distance = (left: string, right: string): number => {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      const isTransposed = left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1] && i > 1 && j > 1;
      const transposed = isTransposed ? (before[j - 2] ?? 0) + 1 : swap;
      next.push(Math.min(swap, transposed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[right.length] ?? 0;
};

/** Names that other software uses for fields of scopegate, in lower case. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  clientid: ['consumerKey'],
  client_id: ['consumerKey', 'clientId'],
  clientsecret: ['consumerSecret'],
  client_secret: ['consumerSecret', 'clientSecret'],
  consumerkey: ['clientId'],
  consumersecret: ['clientSecret'],
  user: ['subject', 'username'],
  email: ['username'],
  role: ['roles'],
  grants: ['grantTypes'],
};

const listed = (known: readonly string[]): string => {
  const shown = known.slice(0, MAX_NAMES_LISTED).join(', ');
  if (known.length === 0) return '; none are declared';
  return `; known are ${shown}${known.length > MAX_NAMES_LISTED ? ` and ${known.length - MAX_NAMES_LISTED} more` : ''}`;
};

/** Returns the end of a message about an unknown name: the known one probably meant, or up to 30 known ones. */
export const suggestion = (name: unknown, known: readonly string[]): string => {
  if (typeof name !== 'string' || name.length > MAX_NAME_COMPARED) return listed(known);
  const lower = name.toLowerCase();
  const synonyms = Object.hasOwn(SYNONYMS, lower) ? SYNONYMS[lower] : undefined;
  const synonym = synonyms?.find((candidate) => known.includes(candidate));
  const [best] = known
    .map((candidate) => ({ candidate, far: distance(lower, candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const isNear = best !== undefined && best.far <= Math.max(1, Math.floor(name.length / 3)) && best.far < name.length;
  const meant = synonym ?? (isNear ? best.candidate : undefined);
  return meant === undefined ? listed(known) : `; did you mean "${meant}"?`;
};
