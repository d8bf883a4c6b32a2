import { MAX_REDIRECT_URIS } from '../../directory/client-type';
import { ENVIRONMENTS } from '../../directory/key-pairs';
import { refuseValue } from '../../directory/values';
import { redirect, type Answer } from '../../pages/answer';
import type { Html } from '../../pages/html';
import type { Parameters } from '../../protocol/parameters';
import { redirectUriFault } from '../../protocol/redirect-uris';
import { readApplicationId } from './application-path';
import { isInUse } from './client-section';
import type { OwnApplication } from './own-applications';
import type { Handler } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';
import { withPassword } from '../forms/with-password';
import { sectionPath } from './section-path';

interface ClientSettings {
  readonly redirectUris: readonly string[];
  readonly isPublic: boolean;
}

/** @throws DirectoryError `ERR_SCOPEGATE_VALUE` that names the first line with a fault */
const readSettings = (given: Parameters): ClientSettings => {
  const lines = (given.get('redirectUris') ?? '').split(/\r\n|\r|\n/).map((line) => line.trim());
  for (const [index, line] of lines.entries()) {
    const fault = line === '' ? undefined : redirectUriFault(line);
    if (fault !== undefined) {
      const problem = { name: 'redirect_uri', line: index + 1, fault } as const;
      refuseValue(`redirectUris are wrong in line ${index + 1}`, problem);
    }
  }
  const redirectUris = [...new Set(lines.filter((line) => line !== ''))];
  if (redirectUris.length > MAX_REDIRECT_URIS)
    refuseValue(`redirectUris must not be more than ${MAX_REDIRECT_URIS}: remove some`, {
      name: 'too_many_redirect_uris',
      max: MAX_REDIRECT_URIS,
    });
  const isPublic = given.has('public');
  if (isPublic && redirectUris.length === 0) {
    refuseValue('redirectUris are missing: a public client can only use the authorization code', {
      name: 'redirect_uris_missing',
    });
  }
  return { redirectUris, isPublic };
};

/**
 * Checks whether the type has to be set. A confidential key without a secret may be left from a change that failed
 * halfway, so the change is made again.
 */
const mustSetType = ({ public: isPublic, keys }: OwnApplication, wanted: ClientSettings): boolean =>
  isPublic !== wanted.isPublic ||
  (!isPublic && ENVIRONMENTS.some((environment) => keys[environment]?.secrets.length === 0));

const save = async ({ user, params, form: given }: UserVisit, services: PageServices): Promise<Answer> => {
  const { ownApplications, applications, audit } = services;
  const application = await ownApplications.get(user, readApplicationId(params['id']));
  const wanted = readSettings(given);
  const { id, name } = application;
  await applications.setRedirectUris(id, wanted.redirectUris);
  const facts = { ...actorOf(user), target: name };
  audit.note({
    action: 'set_redirect_uris',
    ...facts,
    detail: wanted.redirectUris.length === 1 ? '1 URI' : `${wanted.redirectUris.length} URIs`,
  });
  if (!mustSetType(application, wanted)) return redirect(sectionPath(id, 'client', 'saved'));
  await applications.setPublic(id, wanted.isPublic);
  const type = wanted.isPublic ? 'public' : 'confidential';
  audit.note({ action: 'set_client_type', ...facts, detail: type });
  return redirect(sectionPath(id, 'client', type));
};

/**
 * Handles the form of the client section. It needs the password if the application is in use.
 * @param show renders the page of the application, with a remark
 */
export const saveClientSettings =
  (show: (visit: UserVisit, services: PageServices, remark: Html) => Promise<Answer>): Handler<UserVisit> =>
  async (visit, services) => {
    const application = await services.ownApplications.get(visit.user, readApplicationId(visit.params['id']));
    if (!(await isInUse(application, services))) return save(visit, services);
    return withPassword(show, save)(visit, services);
  };
