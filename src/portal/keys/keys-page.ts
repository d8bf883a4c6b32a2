import type { Api } from '../../access/api';
import type { GeneratedKeys } from '../../directory/application-info';
import { page, type Answer } from '../../pages/answer';
import { html, type Html } from '../../pages/html';
import type { Environment } from '../../tokens/records';
import { newKeys, nextSteps, secretForms, type ShownKeys } from './new-keys';
import type { OwnApplication } from '../application/own-applications';
import type { PageServices } from '../page-services';
import { snippets } from '../snippets/snippets';
import { firstOperation } from '../try-it/operation';
import { tryItPanel } from '../try-it/panel';
import { responsePanel } from '../try-it/response-panel';
import type { UserVisit } from '../visit';

/** The key of an application in one environment, and what surrounds it on its page. */
export interface KeysPage {
  readonly title: string;
  readonly application: OwnApplication;
  readonly environment: Environment;
  readonly keys: ShownKeys;
  /** The API to try. Absent: the first one that the application subscribes to. */
  readonly api?: Api;
  /** Content above the keys. */
  readonly remark?: Html;
}

const hasSecret = (keys: ShownKeys): keys is GeneratedKeys => keys.clientSecret !== undefined;

/** Renders Try it for the key, so that the first request needs no other page. */
const tryPart = (visit: UserVisit, { application, environment, keys, api }: KeysPage, { apis }: PageServices): Html => {
  const [first = ''] = application.subscriptions;
  const tried = api ?? apis.get(first);
  if (tried === undefined) return html``;
  const client = { application, environment, clientId: keys.clientId };
  return html`<h2>${visit.texts.tryItPanel.heading(tried.title)}</h2>
    ${tryItPanel(visit, { api: tried, chosen: firstOperation(tried), clients: [client], only: client })}
    ${responsePanel(visit)}`;
};

/** Answers with a key, its secret if it was just generated, and how both are used. */
export const keysPage = (visit: UserVisit, shown: KeysPage, services: PageServices): Answer => {
  const { title, application, environment, keys, remark } = shown;
  const { clientId } = keys;
  return page(
    title,
    html`${remark} ${newKeys(visit, application, keys)} ${tryPart(visit, shown, services)}
      <h2>${visit.texts.snippets.title}</h2>
      ${snippets(visit, { application, environment, clientId }, services)}
      ${hasSecret(keys) && secretForms(visit, keys)} ${nextSteps(visit, application)}`,
  );
};
