/** A user name in two parts. The organization is absent where there are none. */
export interface SplitName {
  readonly name: string;
  readonly organization?: string;
}

const MAX_NAME_LENGTH = 256;

/**
 * The form in which names are kept and compared (RFC 8265 §3.3, UsernameCaseMapped): one width, one case, composed.
 * `undefined` for a name that may not exist: empty, too long, with white space, control, format or unassigned
 * characters, lone surrogates, or letters that only look like others and would fold into them, such as the Kelvin sign.
 */
export const normalName = (name: string): string | undefined => {
  if (name === '' || name.length > MAX_NAME_LENGTH || /[\p{C}\p{Z}]/u.test(name)) return undefined;
  const composed = name.normalize('NFC');
  // Ligatures, the Kelvin sign, full-width letters and their kind have a compatibility form of their own.
  if (composed !== name.normalize('NFKC') || /[\u0130\u212A\u2126\u212B]/u.test(name)) return undefined;
  const lower = composed.toLowerCase().normalize('NFC');
  // Of the letters whose case is not reversible those that words are written with may stay; `nameKey` keeps their names apart.
  const rest = lower.replace(/[ßı]/g, '').replaceAll('ς', 'σ');
  return nameKey(rest).replaceAll('ς', 'σ') === rest ? lower : undefined;
};

/**
 * One text for all names in normal form that differ only in letters that a change of case joins: ß and ss, ς and σ, ı and i. Of
 * such names only one can be there, because what is behind the gate may take them for the same.
 */
export const nameKey = (name: string): string => name.toUpperCase().toLowerCase().normalize('NFC');

/** Splits a full name at its last `@`: the user part may be an e-mail address. */
export const splitName = (fullName: string): SplitName => {
  const at = fullName.lastIndexOf('@');
  return at === -1 ? { name: fullName } : { name: fullName.slice(0, at), organization: fullName.slice(at + 1) };
};

/** The full name of a user; both parts in normal form. */
export const joinName = ({ name, organization }: SplitName): string =>
  organization === undefined ? name : `${name}@${organization}`;

const organizationKey = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;

/** The normal form of an organization's key, or `undefined` for a text that cannot be one. */
export const normalKey = (key: string): string | undefined =>
  organizationKey.test(key) ? key.toLowerCase() : undefined; // in this order: the Kelvin sign becomes a k

/** The full name in normal form, or `undefined` if one of its parts has none. */
export const normalFullName = ({ name, organization }: SplitName): string | undefined => {
  const normal = normalName(name);
  if (normal === undefined || organization === undefined) return normal;
  const key = normalKey(organization);
  return key === undefined ? undefined : joinName({ name: normal, organization: key });
};

/** A full name as people read it, in one case and width and without white space and what cannot be seen. */
export const plainSpelling = (fullName: string): string =>
  fullName
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[\p{Z}\p{C}]/gu, '');
