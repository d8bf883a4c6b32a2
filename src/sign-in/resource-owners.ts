import type { CurrentRoles } from '../access/role-recheck';
import { IntegrationFault, OAuthError, temporarilyUnavailable } from '../protocol/errors';
import { randomText } from '../protocol/secrets';
import type { Milliseconds } from '../protocol/time';
import { kindOfError, type Logger } from '../events/logger';
import type { Directory } from '../directory/directory';
import type { Passwords } from '../directory/passwords';
import type { Client, User } from '../directory/records';
import { RecentTimes } from './recent-times';
import type { UserSource } from './user-source';
import { areOfOnePassword, type RenewedHashes } from './renewed-hashes';
import { joinName, normalKey, normalName, splitName } from '../directory/usernames';
import { isSubject, readFoundRoles, readVerifiedUser } from './users-answer';

/** A user whose password was right: the resource owner of RFC 6749 §1.1. */
export interface ResourceOwner {
  readonly subject: string;
  readonly organization?: string;
  readonly roles: readonly string[];
  /** Checks whether everything that the sign-in depended on still holds; called once the tokens are stored. */
  readonly stillHolds: () => Promise<boolean>;
}

export interface SignIn {
  /** As received, organization included. */
  readonly username: string;
  readonly password: string;
  /** The requesting client; `undefined` if the user signs in to the portal. */
  readonly client: Client | undefined;
  readonly address: string;
}

/** The source of users: the built-in directory, or the integrator's `users` function. */
export interface ResourceOwners {
  /** @throws OAuthError `invalid_grant`, with the same message and amount of work for unknown, wrong and disabled */
  authenticate(signIn: SignIn): Promise<ResourceOwner>;
  /** Takes as long as a wrong password without checking anything, for a guess that is refused in any case. */
  spendEqualTime(signIn: SignIn): Promise<void>;
  findFreshRoles(subject: string): Promise<CurrentRoles>;
  /**
   * Returns a user who was authenticated elsewhere, if this client may serve that user.
   * @param lastRoles are used if no source returns current ones. @default none
   */
  find(username: string, client: Client, lastRoles?: readonly string[]): Promise<ResourceOwner | undefined>;
}

/** Resource owners without a limit on failed sign-ins. */
export interface UnthrottledOwners extends ResourceOwners {
  /**
   * Runs a sign-in, or refuses it before anything is counted or read, so that a refusal under load costs next to
   * nothing. The decision depends on neither the user nor the password, so it reveals nothing about them.
   * @throws OAuthError `temporarily_unavailable`
   */
  admit<T>(signIn: () => Promise<T>): Promise<T>;
}

/** A wrong user name or password. The message is the same for every reason (RFC 6819 §4.4.3). */
export class WrongCredentialsError extends OAuthError {
  /** Failed sign-ins of this user name from this network in the current window, this one included; 0 if not counted. */
  readonly failures: number;

  constructor(failures: number) {
    super('invalid_grant', 'The user name or the password is wrong.');
    this.failures = failures;
  }
}

/** @param failures of this user name from this network, if they are counted. @default 0 */
export const wrongCredentials = (failures = 0): WrongCredentialsError => new WrongCredentialsError(failures);

interface FullName {
  readonly name: string;
  readonly organization?: string;
}

/** Splits a name if there are organizations; otherwise the whole string is the name. */
const readName = async (directory: Directory, username: string): Promise<FullName | undefined> => {
  if (await directory.organizations.isEmpty()) return { name: username };
  const { name, organization } = splitName(username);
  const key = organization === undefined ? undefined : normalKey(organization);
  return key === undefined ? undefined : { name, organization: key };
};

/** Checks whether this client may sign in users of this organization. The portal, without a client, serves all. */
const mayServe = async (
  directory: Directory,
  client: Client | undefined,
  organization: string | undefined,
): Promise<boolean> => {
  if (client !== undefined && client.application.organization !== organization) return false;
  // If there are organizations, a user without one cannot sign in.
  if (organization === undefined) return directory.organizations.isEmpty();
  return directory.isEnabled({ enabled: true, organization });
};

/** Users of the built-in directory: declared ones and those created at run time. */
export const builtInUsers = (
  directory: Directory,
  passwords: Passwords,
  renewedHashes: RenewedHashes,
): UnthrottledOwners => {
  const authenticate = async ({ username, password, client }: SignIn): Promise<ResourceOwner> => {
    const read = await readName(directory, username);
    const name = normalName(read?.name ?? '');
    const served = read !== undefined && (await mayServe(directory, client, read.organization));
    const fullName = name === undefined ? undefined : joinName({ ...read, name });
    const cached = fullName === undefined ? undefined : directory.users.peek(fullName);
    const known = cached ?? (fullName === undefined ? undefined : await directory.users.find(fullName));
    // A name from before there were organizations may look like a name in one of them.
    const user = served && known?.organization === read.organization ? known : undefined;
    const right = await passwords.verify(user?.passwordHash, password);
    if (user !== undefined && right && user.enabled) {
      void renewedHashes.renew(user, password); // not awaited: the sign-in does not need the result
      return ownerOf(user);
    }
    // An unknown user costs a read of the store, so a declared or cached one does as well.
    const wasAsked = cached === undefined && (fullName === undefined || !directory.users.isDeclared(fullName));
    if (fullName !== undefined && !wasAsked) await directory.users.findStored(fullName);
    throw wrongCredentials();
  };

  const ownerOf = (user: User): ResourceOwner => ({
    subject: user.username,
    ...(user.organization === undefined ? {} : { organization: user.organization }),
    roles: user.roles,
    stillHolds: () => stillHolds(user),
  });

  const stillHolds = async (user: User): Promise<boolean> => {
    // Both in this tick, so that they share one round trip.
    const [present, isEnabled] = await Promise.all([
      directory.users.findFresh(user.username),
      directory.isEnabledFresh(user),
    ]);
    if (present === undefined || !areOfOnePassword(user, present) || !present.enabled || !isEnabled) return false;
    return present.roles.join('\n') === user.roles.join('\n');
  };

  return {
    admit: (signIn) => passwords.admit(signIn),
    authenticate,
    spendEqualTime: async (signIn) => {
      const another = { ...signIn, password: randomText(16) };
      await authenticate(another).catch((thrown: unknown) => {
        if (!(thrown instanceof OAuthError) || thrown.code !== 'invalid_grant') throw thrown;
      });
    },
    findFreshRoles: async (subject) => {
      const user = await directory.users.findFresh(subject);
      if (user === undefined || !(await directory.isEnabledFresh(user))) return 'gone';
      return user.roles;
    },
    find: async (username, client) => {
      const user = await directory.users.findFresh(await directory.subjectOf(username));
      if (user === undefined || !user.enabled) return undefined;
      return (await mayServe(directory, client, user.organization)) ? ownerOf(user) : undefined;
    },
  };
};

/** Users of an external source. If it throws, is late or returns an invalid result, the response is 503. */
export const usersFrom = (
  source: UserSource,
  directory: Directory,
  { usersDeadline, logger }: { readonly usersDeadline: Milliseconds; readonly logger: Logger },
): UnthrottledOwners => {
  const failed = (cause: unknown): OAuthError => {
    logger.error(kindOfError(cause), 'The users function failed: the request was answered 503');
    return temporarilyUnavailable(cause);
  };

  const ask = async <T>(name: string, question: () => unknown, read: (answer: unknown) => T): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(tooLate(name)), usersDeadline);
    });
    try {
      return await Promise.race([Promise.resolve().then(question).then(read), late]);
    } catch (thrown) {
      throw failed(thrown);
    } finally {
      clearTimeout(timer);
    }
  };

  const tooLate = (name: string): IntegrationFault =>
    new IntegrationFault(`${name} did not answer within usersDeadline, ${usersDeadline} ms`);

  const times = new RecentTimes();

  // The source has just returned the user, and it has no means to report a later change.
  const stillHolds = async (): Promise<boolean> => true;

  const findFreshRoles = async (subject: string): Promise<CurrentRoles> => {
    if (source.find === undefined) return 'unknown';
    return (await ask('users.find', () => source.find?.(subject), readFoundRoles)) ?? 'gone';
  };

  return {
    // The source limits its own concurrency.
    admit: (signIn) => signIn(),
    authenticate: async ({ username, password, client, address }) => {
      const read = await readName(directory, username);
      if (read === undefined || !(await mayServe(directory, client, read.organization))) {
        await times.spend(); // otherwise the time would reveal which organizations exist
        throw wrongCredentials();
      }
      const { organization } = read;
      const context = Object.freeze({ organization, clientId: client?.clientId, address });
      const verify = () => source.verify(read.name, password, context);
      const user = await times.measure(() => ask('users', verify, readVerifiedUser));
      if (user === undefined) throw wrongCredentials();
      return { ...user, ...(organization === undefined ? {} : { organization }), stillHolds };
    },
    // The source is not called: it may lock an account after some failures, and these would not be its user's.
    spendEqualTime: () => times.spend(),
    findFreshRoles,
    // The source identifies users by subject alone, so the organization is that of the application.
    find: async (subject, client, lastRoles = []) => {
      const { organization } = client.application;
      if (!isSubject(subject) || !(await mayServe(directory, client, organization))) return undefined;
      const roles = await findFreshRoles(subject);
      if (roles === 'gone') return undefined;
      const inOrganization = organization === undefined ? {} : { organization };
      return { subject, ...inOrganization, roles: roles === 'unknown' ? lastRoles : roles, stillHolds };
    },
  };
};
