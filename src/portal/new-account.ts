import { accountOf } from '../directory/account-key';
import { joinName, normalKey, normalName } from '../directory/usernames';
import { refuseValue } from '../directory/values';
import { DirectoryError } from '../protocol/errors';
import type { Parameters } from '../protocol/parameters';
import type { PortalServices } from './services';

/** Errors that get the same response as success: a name that is taken, and an organization that does not exist. */
const HIDDEN: ReadonlySet<string> = new Set(['ERR_SCOPEGATE_EXISTS', 'ERR_SCOPEGATE_NOT_FOUND']);

const MISSING_ORGANIZATION =
  'organization must be the key of your organization: letters, digits, dots, hyphens and underscores. Ask your administrator for it';

/** An account that a visitor requests at the sign-up. */
export interface NewAccount {
  readonly name: string;
  /** Absent if there are no organizations. */
  readonly organization?: string;
  readonly password: string;
}

/**
 * Reads and checks a form before any look-up, because faults reported later would reveal which organizations exist.
 * @throws DirectoryError `ERR_SCOPEGATE_VALUE`
 */
export const readNewAccount = async (
  form: Parameters,
  { directory, passwordRule }: Pick<PortalServices, 'directory' | 'passwordRule'>,
): Promise<NewAccount> => {
  const name = form.get('username') ?? '';
  const password = form.get('password') ?? '';
  if (normalName(name) === undefined) {
    refuseValue('username must have 1 to 256 characters, without spaces and without look-alike letters');
  }
  const hasNoOrganizations = await directory.organizations.isEmpty();
  const organization = hasNoOrganizations ? undefined : (form.get('organization') ?? '').trim();
  if (organization !== undefined && normalKey(organization) === undefined) refuseValue(MISSING_ORGANIZATION);
  const account = { name, ...(organization === undefined ? {} : { organization }) };
  passwordRule.check(password, joinName(account));
  return { ...account, password };
};

type AccountServices = Pick<PortalServices, 'directory' | 'applications' | 'users' | 'owners' | 'throttle' | 'audit'>;

/** Checks whether applications belong to a name whose user was removed or has not been created yet. */
const ownsApplications = async (
  fullName: string,
  { directory, applications }: Pick<AccountServices, 'directory' | 'applications'>,
): Promise<boolean> => {
  const subject = await directory.subjectOf(fullName);
  for await (const { owner } of applications.list()) {
    if (owner !== undefined && (await directory.subjectOf(owner)) === subject) return true;
  }
  return false;
};

/** Creates a user. Only the sign-in shows whether the name was available (OWASP: account enumeration). */
export const createAccount = async (
  { name, organization, password }: NewAccount,
  address: string,
  services: AccountServices,
): Promise<void> => {
  const { users, owners, throttle, audit } = services;
  const inOrganization = organization === undefined ? {} : { organization };
  const fullName = joinName({ name, ...inOrganization });
  // If no user is created, the response must still take as long as hashing a password.
  const spendEqualTime = () => owners.spendEqualTime({ username: fullName, password, address, client: undefined });
  // Probing for user names is throttled like guessing passwords.
  const attempt = await throttle.beginSignIn(accountOf(fullName), address);
  try {
    if (attempt.refused) return await spendEqualTime();
    if (await ownsApplications(fullName, services)) {
      await spendEqualTime();
      return await attempt.settle('failed');
    }
    const created = await users.create({ username: name, password, ...inOrganization });
    await attempt.settle('undecided');
    const ofOrganization = created.organization === undefined ? {} : { organization: created.organization };
    audit.note({ action: 'sign_up', actor: created.username, ...ofOrganization });
  } catch (error) {
    const isHidden = error instanceof DirectoryError && HIDDEN.has(error.code);
    await attempt.settle(isHidden ? 'failed' : 'undecided');
    if (!isHidden) throw error;
    if (error.code === 'ERR_SCOPEGATE_NOT_FOUND') await spendEqualTime(); // thrown before anything was hashed
  }
};
