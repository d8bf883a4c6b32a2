import type { CurrentRoles } from '../access/role-recheck';
import type { Directory } from '../directory/directory';
import { readFullName } from './full-name';
import { RecentTimes } from './recent-times';
import type { OnRefused, WorkPlace } from '../directory/work-queue';
import { OverloadError } from '../throttle/overload';
import { ALWAYS_ROOM } from '../throttle/place';
import type { Admission, ResourceOwner, SignIn, UnthrottledOwners } from './resource-owners';
import { mayServe } from './served-organization';
import type { UserSource } from './user-source';
import { isSubject, readFoundRoles, readVerifiedUser } from './users-answer';
import { callUsers, type UsersCallSettings } from './users-call';
import { WrongCredentialsError } from './wrong-credentials';

// The source limits its own concurrency.
const freePlace: WorkPlace = { ...ALWAYS_ROOM, run: (job) => job() };

/** Admits every sign-in. Those of one account and network can still be too many that wait for each other. */
const createAdmission = (onRefused: OnRefused): Admission => ({
  admit: async (requester, signIn) => {
    try {
      return await signIn(freePlace);
    } catch (thrown) {
      if (thrown instanceof OverloadError) onRefused(thrown.limit, requester);
      throw thrown;
    }
  },
});

// The source has just returned the user, and it has no means to report a later change.
const isUserUnchanged = async (): Promise<boolean> => true;

interface FunctionSettings extends UsersCallSettings {
  readonly onRefused: OnRefused;
  readonly onGone: (subject: string) => Promise<void>;
}

const findFreshRoles = async (
  source: UserSource,
  subject: string,
  settings: FunctionSettings,
): Promise<CurrentRoles> => {
  if (source.find === undefined) return 'unknown';
  const call = () => source.find?.(subject);
  const roles = await callUsers({ name: 'users.find', call, read: readFoundRoles }, settings);
  if (roles !== undefined) return roles;
  await settings.onGone(subject); // the source may give the id to another user
  return 'gone';
};

/** Users of an external source. If it throws, is late or returns an invalid result, the response is 503. */
export const createFunctionUsers = (
  source: UserSource,
  directory: Directory,
  settings: FunctionSettings,
): UnthrottledOwners => {
  const times = new RecentTimes();

  const authenticate = async ({ username, password, client, address }: SignIn): Promise<ResourceOwner> => {
    const read = await readFullName(directory, username);
    if (read === undefined || !(await mayServe(directory, client, read.organization))) {
      await times.spend(); // otherwise the time would reveal which organizations exist
      throw new WrongCredentialsError();
    }
    const { organization } = read;
    const context = Object.freeze({ organization, clientId: client?.clientId, address });
    const call = () => source.verify(read.name, password, context);
    const user = await times.measure(() => callUsers({ name: 'users', call, read: readVerifiedUser }, settings));
    if (user === undefined) throw new WrongCredentialsError();
    return { ...user, ...(organization === undefined ? {} : { organization }), isUserUnchanged };
  };

  return {
    admission: createAdmission(settings.onRefused),
    authenticate,
    // The source is not called: it may lock an account after some failures, and these would not be its user's.
    spendEqualTime: () => times.spend(),
    findFreshRoles: (subject) => findFreshRoles(source, subject, settings),
    // The source identifies users by subject alone, so the organization is that of the application.
    findFresh: async (subject, client, lastRoles = []) => {
      const { organization } = client.application;
      if (!isSubject(subject) || !(await mayServe(directory, client, organization))) return undefined;
      const roles = await findFreshRoles(source, subject, settings);
      if (roles === 'gone') return undefined;
      const inOrganization = organization === undefined ? {} : { organization };
      return { subject, ...inOrganization, roles: roles === 'unknown' ? lastRoles : roles, isUserUnchanged };
    },
  };
};
