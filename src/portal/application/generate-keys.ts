import type { GeneratedKeys } from '../../directory/application-info';
import type { Answer } from '../../pages/answer';
import { FormError } from '../../pages/form-fault';
import { readApplicationId } from './application-path';
import { keysPage } from '../keys/keys-page';
import { environmentOf } from './own-applications';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';

/** Handles the form that generates the key of an environment. */
export const generateKeys = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { ownApplications, applications, audit } = services;
  const { keys: texts } = visit.texts;
  const application = await ownApplications.get(visit.user, readApplicationId(visit.params['id']));
  const { id, name, keys: present } = application;
  const environment = environmentOf(visit.form.get('environment'));
  if (present[environment] !== undefined) {
    const { keyExists, publicKeyExists } = visit.texts.secrets;
    throw new FormError((application.public ? publicKeyExists : keyExists)[environment]);
  }
  const note = ({ clientId }: Pick<GeneratedKeys, 'clientId'>): void =>
    audit.note({ action: 'generate_keys', ...actorOf(visit.user), target: name, clientId, detail: environment });
  if (application.public) {
    const key = await applications.generateClientId(id, { environment });
    note(key);
    return keysPage(visit, { title: texts.newKey(name), application, environment, keys: key }, services);
  }
  const keys = await applications.generateKeys(id, { environment });
  note(keys);
  return keysPage(visit, { title: texts.newKeys(name), application, environment, keys }, services);
};
