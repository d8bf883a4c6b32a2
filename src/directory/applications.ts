import {
  changeAndEndGrants,
  checkId,
  disableAndEndGrants,
  ownPairs,
  type ApplicationServices,
} from './application-changes';
import { infoOf, infosOf, type ApplicationInfo, type NewApplication } from './application-info';
import { createApplicationClient, type ApplicationClient } from './application-client';
import { createApplicationKeys, type ApplicationKeys } from './application-keys';
import { createApplicationProfile, type ApplicationProfile } from './application-profile';
import type { ApplicationRequests } from './application-requests';
import { createApplicationRights, type ApplicationRights } from './application-rights';
import { blocked, readBlocking, unblocked, type Blocking } from './blocking';
import type { Directory } from './directory';
import { readNewApplication } from './new-application';
import type { PendingRequest } from './pending-requests';
import { emittingLimit } from './reached-limit';
import { createRequestDecisions } from './request-decisions';
import { createRequestSubmission } from './request-submission';
import { releaseTakenKeys } from './taking-records';

/**
 * Applications, their key pairs and their subscriptions. Calls take the application's id. Each may reject with
 * DirectoryError `ERR_SCOPEGATE_NOT_FOUND` or `ERR_SCOPEGATE_DECLARED`, and with StoreUnavailableError.
 */
export interface Applications
  extends ApplicationKeys, ApplicationRights, ApplicationRequests, ApplicationClient, ApplicationProfile {
  /**
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE`, `ERR_SCOPEGATE_NOT_FOUND` (organization of the owner),
   *   `ERR_SCOPEGATE_LIMIT` if the owner has `limits.applicationsPerUser` applications that were created at run time
   */
  create(application: NewApplication): Promise<ApplicationInfo>;
  find(id: string): Promise<ApplicationInfo | undefined>;
  list(): AsyncIterable<ApplicationInfo>;
  /**
   * Yields the applications that other gates declare and this one does not; `list` does not include them. They can be
   * enabled, disabled and removed. Their display name, secrets and `introspect` are not known here: `name` is the id,
   * which is the first consumer key.
   */
  listDeclaredElsewhere(): AsyncIterable<ApplicationInfo>;
  /**
   * Enables an application, also one that only other gates declare. An administrator can only enable what an
   * administrator disabled.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` if an administrator enables an application that the operator disabled
   */
  enable(id: string, blocking?: Blocking): Promise<ApplicationInfo>;
  /** Refuses the application from now on, and ends all its grants. Also for one that only other gates declare. */
  disable(id: string, blocking?: Blocking): Promise<ApplicationInfo>;
  /**
   * The id of an application that other gates have declared is its consumer key. If this gate does not declare it, it is
   * removed, and those gates refuse it.
   */
  remove(id: string): Promise<void>;
}

async function* allRequests({ organizations, applications }: Directory): AsyncGenerator<PendingRequest> {
  for await (const { key } of organizations.list()) yield* applications.listRequests(key);
  for await (const { key } of organizations.elsewhere.list()) yield* applications.listRequests(key);
  yield* applications.listRequests(undefined);
}

const removeApplication = async (services: ApplicationServices, id: string): Promise<void> => {
  const { directory } = services;
  if (await directory.applications.removeRegistered(checkId(id))) return;
  const application = await changeAndEndGrants(services, id, {
    // The mark refuses key pairs that concurrent calls would add after their client ids have been released.
    change: (present) => ({ ...blocked(present), removing: true }),
    because: 'removed',
  });
  await releaseTakenKeys(services, application);
  for (const { clientId } of ownPairs(directory, application)) await directory.clients.discard(clientId);
  await directory.applications.remove(id);
};

const createApplication = async (services: ApplicationServices, given: NewApplication): Promise<ApplicationInfo> => {
  const { directory, limits, emit } = services;
  const application = await readNewApplication(services, given);
  const { owner } = application;
  const reached = { limit: 'applicationsPerUser', ...(owner === undefined ? {} : { subject: owner }) } as const;
  const create = () => directory.applications.createOwned(application, limits.applicationsPerUser);
  return infoOf(await emittingLimit(emit, reached, create));
};

export const createApplications = (services: ApplicationServices): Applications => {
  const { applications } = services.directory;

  return {
    ...createApplicationKeys(services),
    ...createApplicationRights(services),
    ...createRequestSubmission(services),
    ...createRequestDecisions(services),
    ...createApplicationClient(services),
    ...createApplicationProfile(services),
    create: (given) => createApplication(services, given),
    find: async (id) => {
      const application = await applications.findFresh(checkId(id));
      return application === undefined ? undefined : infoOf(application);
    },
    requests: () => allRequests(services.directory),
    list: () => infosOf(applications.list()),
    listDeclaredElsewhere: () => infosOf(applications.elsewhere.list()),
    enable: async (id, blocking) => {
      const by = readBlocking(blocking);
      return infoOf(await applications.setBlocking(checkId(id), ({ removing: _mark, ...rest }) => unblocked(rest, by)));
    },
    disable: async (id, blocking) => {
      const by = readBlocking(blocking);
      return infoOf(await disableAndEndGrants(services, id, by));
    },
    remove: (id) => removeApplication(services, id),
  };
};
