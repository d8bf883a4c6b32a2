import type { GrantId } from '../../protocol/secrets';
import type { Environment, Grant } from '../../tokens/records';
import { fieldsOf, joinFields } from './fields';

// What is issued under a grant is stored as a line of unnamed fields. Three of them name the grant's principals, and the
// line ends with the stamp of the epochs that it was issued under, which scripts add.
//
// Version 1 has no stamp, and no number before the letter of the environment. Version 3 has two more fields: the consent
// after the organization, and one about resources before the stamp. A line that has neither is written as version 2,
// which takes less memory and which the previous release reads too. A line of a later version is foreign.
const SHORT_VERSION = '2';
const LONG_VERSION = '3';

const isStamp = (text: string): boolean => /^[A-Za-z0-9_-]{8}$/.test(text);

const environmentCode: Record<Environment, string> = { production: 'p', sandbox: 's' };

const environmentOf = (code: string): Environment | undefined =>
  code === 'p' ? 'production' : code === 's' ? 'sandbox' : undefined;

/** The fields of a line besides those of the grant. */
interface LineFields {
  /** Fields before those of the grant. */
  readonly before: readonly string[];
  /** Fields after them. */
  readonly after: readonly string[];
  /** Text about resources; empty if there is none. */
  readonly resources: string;
}

/** A line that was read. */
export interface GrantLine extends LineFields {
  readonly grant: Grant;
  /** `undefined` for a line of the first version. */
  readonly stamp: string | undefined;
}

/** Number of fields of a line before and after those of the grant. */
export interface LineShape {
  readonly before: number;
  readonly after: number;
}

/** Encodes a line without its stamp. */
export const encodeGrantLine = (grant: Grant, { before, after, resources }: LineFields): string => {
  const { clientId, subject = '', organization = '', consent = '', environment } = grant;
  const isShort = consent === '' && resources === '';
  const version = isShort ? SHORT_VERSION : LONG_VERSION;
  const names = [version + environmentCode[environment] + clientId, subject, organization];
  return joinFields(isShort ? [...before, ...names, ...after] : [...before, ...names, consent, ...after, resources]);
};

const versionOf = (client: string): string =>
  client.startsWith(SHORT_VERSION) || client.startsWith(LONG_VERSION) ? client.charAt(0) : '';

/** Number of fields that a version has besides those before and after the grant's. */
const FIELDS_OF_VERSION: Readonly<Record<string, number>> = { '': 3, [SHORT_VERSION]: 4, [LONG_VERSION]: 6 };

/** Reads a line of any version; `undefined` for any other text. */
export const readGrantLine = (grantId: GrantId, line: string, { before, after }: LineShape): GrantLine | undefined => {
  const fields = fieldsOf(line) ?? [];
  const client = fields[before] ?? '';
  const version = versionOf(client);
  if (fields.length !== before + after + (FIELDS_OF_VERSION[version] ?? 0)) return undefined;
  const environment = environmentOf(client.charAt(version.length));
  const stamp = version === '' ? undefined : fields.at(-1);
  if (environment === undefined || (stamp !== undefined && !isStamp(stamp))) return undefined;
  const isLong = version === LONG_VERSION;
  const from = before + (isLong ? 4 : 3);
  const [subject, organization, consent] = fields.slice(before + 1, from);
  const grant: Grant = {
    grantId,
    clientId: client.slice(version.length + 1),
    subject: subject || undefined,
    organization: organization || undefined,
    consent: consent || undefined,
    environment,
  };
  const resources = isLong ? (fields.at(-2) ?? '') : '';
  return { before: fields.slice(0, before), grant, after: fields.slice(from, from + after), resources, stamp };
};
