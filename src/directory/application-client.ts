import { changeAndEndGrants, checkId, type ApplicationServices } from './application-changes';
import { infoOf, type ApplicationInfo } from './application-info';
import { readRedirectUris } from './client-type';
import { withSecrets } from './key-pairs';
import type { Application } from './records';
import { readCall } from './values';

/** How applications use the authorization endpoint. */
export interface ApplicationClient {
  /**
   * Sets the URIs to which users may return with an authorization code, at most 20 (RFC 6749 §3.1.2). Codes that were
   * issued for others can no longer be redeemed; live tokens stay valid.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` for a URI that cannot be registered
   */
  setRedirectUris(id: string, redirectUris: readonly string[]): Promise<ApplicationInfo>;
  /**
   * Makes an application public or confidential (RFC 6749 §2.1), and ends its grants, also if it was that before. All
   * its secrets are deleted: a public application has none, and a confidential one needs a call of `generateKeys`.
   */
  setPublic(id: string, isPublic: boolean): Promise<ApplicationInfo>;
}

const withRedirectUris = (
  { redirectUris: _before, ...rest }: Application,
  redirectUris: readonly string[],
): Application => ({ ...rest, ...(redirectUris.length === 0 ? {} : { redirectUris }) });

/** Neither a secret nor its absence authenticates the result. */
const withoutCredentials = ({ isPublic: _before, keys, ...rest }: Application): Application => ({
  ...rest,
  keys: withSecrets(keys, () => []),
});

const asPublic = (application: Application): Application => ({ ...withoutCredentials(application), isPublic: true });

const setPublic = async (services: ApplicationServices, id: string, given: unknown): Promise<Application> => {
  const { isPublic } = readCall((checks) => ({ isPublic: checks.flag(given ?? null, ['isPublic']) }));
  // Nothing authenticates until the grants have ended, so that none is passed on to a client of the other type.
  const changed = await changeAndEndGrants(services, id, { change: withoutCredentials, because: 'client_type' });
  return isPublic === true ? services.directory.applications.change(id, asPublic) : changed;
};

export const createApplicationClient = (services: ApplicationServices): ApplicationClient => ({
  setRedirectUris: async (id, given) => {
    const uris = readCall((checks) => readRedirectUris(checks, given ?? null, ['redirectUris']));
    const change = (application: Application) => withRedirectUris(application, uris);
    return infoOf(await services.directory.applications.change(checkId(id), change));
  },
  setPublic: async (id, isPublic) => infoOf(await setPublic(services, id, isPublic)),
});
