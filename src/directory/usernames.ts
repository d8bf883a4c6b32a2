/** A user name in two parts. The organization is absent if there are no organizations. */
export interface SplitName {
  readonly name: string;
  readonly organization?: string;
}

const MAX_NAME_LENGTH = 256;

// White space; control, format and unassigned characters; fillers, joiners and variation selectors (RFC 8264 §9.13).
const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u;
const INVISIBLES = new RegExp(INVISIBLE, 'gu');

/**
 * Returns the form in which names are stored and compared (RFC 8265 §3.3, UsernameCaseMapped): one width, one case,
 * composed. `undefined` for a name that is not allowed: empty, too long, with white space or invisible characters
 * (control, format, unassigned, default-ignorable), lone surrogates, or letters that only look like others and would
 * fold into them, such as the Kelvin sign.
 */
export const normalName = (name: string): string | undefined => {
  if (name === '' || name.length > MAX_NAME_LENGTH || INVISIBLE.test(name)) return undefined;
  const composed = name.normalize('NFC');
  // Ligatures, the Kelvin sign, full-width letters and the like have a compatibility form of their own.
  if (composed !== name.normalize('NFKC') || /[\u0130\u212A\u2126\u212B]/u.test(name)) return undefined;
  const lower = composed.toLowerCase().normalize('NFC');
  // ß, ı and ς occur in words, so they may stay although their case is not reversible; `nameKey` rules out collisions.
  const rest = lower.replace(/[ßı]/g, '').replaceAll('ς', 'σ');
  return nameKey(rest).replaceAll('ς', 'σ') === rest ? lower : undefined;
};

/**
 * Returns the same key for all names in normal form that differ only in letters that a change of case merges: ß and ss,
 * ς and σ, ı and i. Only one of these names may exist, because systems behind the gate may treat them as the same.
 */
export const nameKey = (name: string): string => name.toUpperCase().toLowerCase().normalize('NFC');

/** Splits a full name at its last `@`: the user part may be an e-mail address. */
export const splitName = (fullName: string): SplitName => {
  const at = fullName.lastIndexOf('@');
  return at === -1 ? { name: fullName } : { name: fullName.slice(0, at), organization: fullName.slice(at + 1) };
};

/** Joins a full name; both parts are in normal form. */
export const joinName = ({ name, organization }: SplitName): string =>
  organization === undefined ? name : `${name}@${organization}`;

const organizationKey = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;

/** Returns the normal form of an organization's key, or `undefined` if the string cannot be one. */
export const normalKey = (key: string): string | undefined =>
  organizationKey.test(key) ? key.toLowerCase() : undefined; // tested first: in lower case, the Kelvin sign is a k

/** Returns the full name in normal form, or `undefined` if one of its parts has none. */
export const normalFullName = ({ name, organization }: SplitName): string | undefined => {
  const normal = normalName(name);
  if (normal === undefined || organization === undefined) return normal;
  const key = normalKey(organization);
  return key === undefined ? undefined : joinName({ name: normal, organization: key });
};

/** Returns a full name as people read it: in one case and width, without white space and invisible characters. */
export const plainSpelling = (fullName: string): string =>
  fullName.normalize('NFKC').toLowerCase().normalize('NFKC').replace(INVISIBLES, '');
