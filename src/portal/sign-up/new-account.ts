import { accountOf } from '../../directory/account-key';
import { joinName, normalFullName, normalName, type SplitName } from '../../directory/usernames';
import { refuseValue } from '../../directory/values';
import type { WorkPlace } from '../../directory/work-queue';
import { DirectoryError } from '../../protocol/errors';
import type { Parameters } from '../../protocol/parameters';
import { signUpRequester } from '../../sign-in/requesters';
import type { PortalServices } from '../services';
import { findJoinedOrganization, hasSignUpApproval } from './sign-up-offer';

/** An account that a visitor requests at the sign-up. */
export interface NewAccount {
  readonly name: string;
  /** Absent if there are no organizations. */
  readonly organization?: string;
  readonly password: string;
}

/**
 * Reads and checks a form before any user is read, because faults reported later would reveal which names are taken.
 * @throws DirectoryError `ERR_SCOPEGATE_VALUE`
 */
export const readNewAccount = async (
  form: Parameters,
  services: Pick<PortalServices, 'signUp' | 'directory' | 'passwordRule'>,
): Promise<NewAccount> => {
  const name = form.get('username') ?? '';
  const password = form.get('password') ?? '';
  if (normalName(name) === undefined) {
    refuseValue('username must have 1 to 256 characters, without spaces and without look-alike letters', {
      name: 'username_malformed',
    });
  }
  const organization = await findJoinedOrganization(services, form.get('organization'));
  const account = { name, ...(organization === undefined ? {} : { organization }) };
  services.passwordRule.check(password, joinName(account));
  return { ...account, password };
};

type AccountServices = Pick<
  PortalServices,
  'directory' | 'signUp' | 'signUps' | 'usersAt' | 'passwords' | 'owners' | 'throttle' | 'signUpLimit' | 'audit'
>;

/**
 * Checks whether applications belong to a name without a user (removed, or not created yet), or to a name that is
 * the same under folding.
 */
const ownsApplications = async (
  name: SplitName,
  { directory }: Pick<AccountServices, 'directory'>,
): Promise<boolean> => {
  const owner = normalFullName(name) ?? joinName(name);
  const { applications, next } = await directory.applications.findFreshPage({ owner }, { limit: 1 });
  return applications.length > 0 || next !== undefined;
};

/** A sign-up that waits for password work. */
interface SignUpRequest {
  readonly address: string;
  readonly place: WorkPlace;
}

const createIfFree = async (
  { name, organization, password }: NewAccount,
  { address, place }: SignUpRequest,
  services: AccountServices,
): Promise<void> => {
  const { usersAt, signUps, owners, throttle, audit } = services;
  const inOrganization = organization === undefined ? {} : { organization };
  const fullName = joinName({ name, ...inOrganization });
  // If no user is created, the response must still take as long as hashing a password.
  const spendEqualTime = () =>
    owners.spendEqualTime({ username: fullName, password, address, client: undefined }, place);
  // Probing for user names is throttled like guessing passwords.
  const attempt = await throttle.beginSignIn(accountOf(fullName), address, place);
  try {
    if (attempt.refused) return await spendEqualTime();
    if (await ownsApplications({ name, ...inOrganization }, services)) {
      await spendEqualTime();
      return await attempt.settle('failed');
    }
    const user = { username: name, password, ...inOrganization };
    const needsApproval = hasSignUpApproval(services);
    const created = needsApproval ? await signUps.create(user, place) : await usersAt(place).create(user);
    await attempt.settle('undecided');
    const ofOrganization = created.organization === undefined ? {} : { organization: created.organization };
    const detail = needsApproval ? { detail: 'waits for approval' } : {};
    audit.note({ action: 'sign_up', actor: created.username, ...ofOrganization, ...detail });
  } catch (error) {
    // A name that is taken gets the same response as success.
    const isTaken = error instanceof DirectoryError && error.code === 'ERR_SCOPEGATE_EXISTS';
    await attempt.settle(isTaken ? 'failed' : 'undecided');
    if (!isTaken) throw error;
  }
};

/**
 * Creates a user. Only the sign-in shows whether the name was available (OWASP: account enumeration).
 * @throws OAuthError `invalid_request` (429) over the limit of the network; `temporarily_unavailable` if too many sign-ups
 *   are waiting
 */
export const createAccount = (account: NewAccount, address: string, services: AccountServices): Promise<void> =>
  services.passwords.admission.admit(signUpRequester(address), (place) =>
    services.signUpLimit.run(address, () => createIfFree(account, { address, place }, services)),
  );
