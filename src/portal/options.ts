import { readOrganizationKey } from '../directory/organizations';
import { LANGUAGE_TAGS } from '../pages/texts/languages';
import { LOOK_KEYS, readLook } from '../options/portal-look';
import { Checks } from '../protocol/checks';
import { printField } from '../protocol/printed-value';
import type { PortalOptions, PortalServices, SignUpOptions } from './services';

/** Validated options, with their defaults. */
export type CheckedOptions = Pick<
  PortalServices,
  'title' | 'look' | 'signUp' | 'isCataloguePublic' | 'publicPath' | 'apiUrl' | 'language'
>;

/** Names of the options. */
const OPTION_NAMES = ['signUp', 'public', 'title', 'publicPath', 'apiUrl', 'language', ...LOOK_KEYS];

type OptionServices = Pick<PortalServices, 'directory' | 'userSource'>;

const MAX_ORGANIZATIONS = 100;

const readListed = (checks: Checks, value: object): SignUpOptions => {
  const path = ['signUp', 'organizations'];
  const fields = checks.fields(value, ['signUp'], ['organizations', 'approval']) ?? {};
  const { organizations, approval } = fields;
  if (approval !== undefined && typeof approval !== 'boolean') {
    checks.fault(['signUp', 'approval'], `must be true or false; got ${printField(['approval'], approval)}`);
  }
  const listed = checks.list(organizations, path, MAX_ORGANIZATIONS) ?? [];
  if (listed.length === 0) checks.fault(path, `must have 1 to ${MAX_ORGANIZATIONS} keys of organizations`);
  const keys = listed.map((key, index) => readOrganizationKey(checks, key, [...path, index]));
  return { organizations: [...new Set(keys.filter((key) => key !== undefined))], approval: approval === true };
};

const readSignUp = (
  checks: Checks,
  value: unknown,
  { directory, userSource }: OptionServices,
): boolean | SignUpOptions => {
  const path = ['signUp'];
  if (value === undefined || value === false) return false;
  if (userSource === 'function') {
    checks.fault(path, 'is not possible with a users function: create users in its source');
  }
  if (typeof value === 'object' && value !== null) return readListed(checks, value);
  if (value !== true) {
    checks.fault(path, `must be true, false or { organizations: ['johnsorg'] }; got ${printField(path, value)}`);
  } else if (directory.organizations.hasDeclared()) {
    checks.fault(
      path,
      "is true, but there are organizations: list those that a new user may join, such as { organizations: ['johnsorg'] }",
    );
  }
  return value === true;
};

/** @throws ConfigurationError naming every option that is unknown, of a wrong type or out of range */
export const checkOptions = (options: PortalOptions, services: OptionServices): CheckedOptions => {
  const checks = new Checks();
  const fields = checks.fields(options, [], OPTION_NAMES) ?? {};
  const signUp = readSignUp(checks, fields['signUp'], services);
  const isCataloguePublic = checks.flag(fields['public'], ['public']) ?? false;
  const title = checks.text(fields['title'], ['title'], /^[^\p{Cc}]{1,100}$/u, 'a string of 1 to 100 characters');
  const publicPath = checks.text(
    fields['publicPath'],
    ['publicPath'],
    /^(?:\/|(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+)$/,
    'a path such as /gw/store, without a slash at its end, or / for the root of a host',
  );
  const apiUrl = checks.text(
    fields['apiUrl'],
    ['apiUrl'],
    /^https?:\/\/[A-Za-z0-9.[\]:-]+(?:\/[A-Za-z0-9._~-]+)*\/?$/,
    'an http or https address such as https://api.example.com, without query and credentials',
  );
  if (apiUrl !== undefined && !URL.canParse(apiUrl)) checks.fault(['apiUrl'], 'is not an address');
  const language = checks.oneOf(fields['language'], ['language'], LANGUAGE_TAGS);
  const look = readLook(checks, fields);
  checks.finish();
  return {
    language,
    signUp,
    look,
    isCataloguePublic,
    title: title ?? 'API Store',
    publicPath: publicPath === '/' ? '' : publicPath,
    apiUrl: apiUrl?.replace(/\/$/, ''),
  };
};
