import type { CurrentRoles } from '../access/role-recheck';
import type { Directory } from '../directory/directory';
import type { Passwords } from '../directory/passwords';
import type { User } from '../directory/records';
import { isWaiting } from '../directory/sign-up';
import type { WorkPlace } from '../directory/work-queue';
import { joinName, normalName } from '../directory/usernames';
import { OAuthError } from '../protocol/errors';
import { randomText } from '../protocol/secrets';
import { readFullName, type FullName } from './full-name';
import { haveSamePassword, type RenewedHashes } from './renewed-hashes';
import { requesterOf } from './requesters';
import type { ResourceOwner, SignIn, UnthrottledOwners } from './resource-owners';
import { isOfOrganization, mayServe } from './served-organization';
import { WrongCredentialsError } from './wrong-credentials';

const isUserUnchanged = async (directory: Directory, user: User): Promise<boolean> => {
  // Both in this tick, so that they share one round trip.
  const [present, isEnabled] = await Promise.all([
    directory.users.findFresh(user.username),
    directory.isEnabledFresh(user),
  ]);
  if (present === undefined || !haveSamePassword(user, present) || !present.enabled || !isEnabled) return false;
  return present.roles.join('\n') === user.roles.join('\n');
};

const ownerOf = (directory: Directory, user: User): ResourceOwner => ({
  subject: user.username,
  ...(user.organization === undefined ? {} : { organization: user.organization }),
  roles: user.roles,
  isUserUnchanged: () => isUserUnchanged(directory, user),
});

/** The user that a sign-in may be for, and a read that keeps its response time from revealing whether there is one. */
interface Candidate {
  readonly user: User | undefined;
  /** Reads the store if finding the candidate did not: an unknown user costs a read, so the others do as well. */
  readonly spendRead: () => Promise<void>;
}

/** Checks whether a user of a name that was just split may sign in: without an organization, there are none. */
const isServedName = async (directory: Directory, { client }: SignIn, read: FullName | undefined): Promise<boolean> => {
  if (read === undefined) return false;
  if (read.organization === undefined) return isOfOrganization(client, undefined);
  return mayServe(directory, client, read.organization);
};

const findCandidate = async (directory: Directory, signIn: SignIn): Promise<Candidate> => {
  const read = await readFullName(directory, signIn.username);
  const name = normalName(read?.name ?? '');
  const isServed = await isServedName(directory, signIn, read);
  if (name === undefined) return { user: undefined, spendRead: async () => undefined };
  const fullName = joinName({ ...read, name });
  const cached = directory.users.peek(fullName);
  const user = cached ?? (await directory.users.find(fullName));
  const wasRead = cached === undefined;
  return {
    // A name that was created before there were organizations may read as a name in one of them.
    user: isServed && user?.organization === read?.organization ? user : undefined,
    spendRead: async () => {
      if (!wasRead) await directory.users.findStored(fullName);
    },
  };
};

/** Users of the built-in directory: declared ones and those created at run time. */
export const createBuiltInUsers = (
  directory: Directory,
  passwords: Passwords,
  renewedHashes: RenewedHashes,
): UnthrottledOwners => {
  const authenticate = async (signIn: SignIn, place: WorkPlace): Promise<ResourceOwner> => {
    const { user, spendRead } = await findCandidate(directory, signIn);
    const hash = user?.isInvited === true ? undefined : user?.passwordHash;
    const isRight = await passwords.verify(hash, signIn.password, place);
    if (user === undefined || !isRight || !user.enabled) {
      await spendRead();
      const awaitsApproval = isRight && user !== undefined && isWaiting(user, directory.clock());
      throw new WrongCredentialsError(0, awaitsApproval ? 'approval' : undefined);
    }
    void renewedHashes.renew(user, signIn.password, requesterOf(signIn)); // not awaited: the sign-in does not need the result
    return ownerOf(directory, user);
  };

  return {
    admission: passwords.admission,
    authenticate,
    spendEqualTime: async (signIn, place) => {
      const another = { ...signIn, password: randomText(16) };
      await authenticate(another, place).catch((thrown: unknown) => {
        if (!(thrown instanceof OAuthError) || thrown.code !== 'invalid_grant') throw thrown;
      });
    },
    findFreshRoles: async (subject): Promise<CurrentRoles> => {
      const user = await directory.users.findFresh(subject);
      if (user === undefined || !(await directory.isEnabledFresh(user))) return 'gone';
      return user.roles;
    },
    findFresh: async (username, client) => {
      const user = await directory.users.findFresh(await directory.subjectOf(username));
      if (user === undefined || !user.enabled) return undefined;
      return (await mayServe(directory, client, user.organization)) ? ownerOf(directory, user) : undefined;
    },
  };
};
