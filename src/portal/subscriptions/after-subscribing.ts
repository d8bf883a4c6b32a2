import type { Api } from '../../access/api';
import type { Answer } from '../../pages/answer';
import { notice } from '../../pages/notice';
import { keysPage } from '../keys/keys-page';
import type { ShownKeys } from '../keys/new-keys';
import type { OwnApplication } from '../application/own-applications';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';

const ENVIRONMENT = 'production';

/** Returns the application's production key, and generates it if there is none. */
const productionKeys = async (
  { user }: UserVisit,
  { id, name, keys, public: isPublic }: OwnApplication,
  { applications, audit }: PageServices,
): Promise<ShownKeys> => {
  const present = keys[ENVIRONMENT];
  if (present !== undefined) return { clientId: present.clientId };
  const order = { environment: ENVIRONMENT } as const;
  const made: ShownKeys = isPublic
    ? await applications.generateClientId(id, order)
    : await applications.generateKeys(id, order);
  const facts = { target: name, clientId: made.clientId, detail: ENVIRONMENT };
  audit.note({ action: 'generate_keys', ...actorOf(user), ...facts });
  return made;
};

/**
 * Answers a subscription with everything that a first request needs: the application's production key, generated if
 * there is none, and its secret. Call it once per submission, because it may generate a secret.
 */
export const afterSubscribing = async (
  visit: UserVisit,
  application: OwnApplication,
  api: Api,
  services: PageServices,
): Promise<Answer> => {
  const { keys: texts } = visit.texts;
  const keys = await productionKeys(visit, application, services);
  const remark = notice('done', texts.subscribed(application.name, api.title));
  const subscribed = { ...application, subscriptions: [...new Set([...application.subscriptions, api.name])] };
  const shown = { title: texts.ready, application: subscribed, environment: ENVIRONMENT, keys, api, remark } as const;
  return keysPage(visit, shown, services);
};
