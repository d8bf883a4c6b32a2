import type { GeneratedKeys } from '../directory/application-info';
import { page, type Answer } from '../pages/answer';
import { copyableLines } from '../pages/copyable';
import { html, type Html } from '../pages/html';
import type { Environment } from '../tokens/records';
import { basicHeader, passwordCurl } from './curl';
import { newKeys, nextSteps, secretForms, type ShownKeys } from './new-keys';
import type { OwnApplication } from './own-applications';
import type { PageServices } from './page-services';
import type { UserVisit } from './visit';

/** The key of an application in one environment, and what surrounds it on its page. */
export interface KeysPage {
  readonly title: string;
  readonly application: OwnApplication;
  readonly environment: Environment;
  readonly keys: ShownKeys;
  /** Content above the keys. */
  readonly remark?: Html;
}

const hasSecret = (keys: ShownKeys): keys is GeneratedKeys => keys.clientSecret !== undefined;

/** Answers with a key, its secret if it was just generated, and how both are used. */
export const keysPage = (visit: UserVisit, shown: KeysPage, { tokenUrl }: PageServices): Answer => {
  const { title, application, keys, remark } = shown;
  return page(
    title,
    html`${remark} ${newKeys(visit, application, keys)}
    ${
      hasSecret(keys) &&
      html`<h2>${visit.texts.keys.useThem}</h2>
        ${secretForms(visit, keys)}
        ${
          tokenUrl !== undefined &&
          copyableLines(
            'curl',
            passwordCurl(tokenUrl, basicHeader(keys.clientId, keys.clientSecret), visit.user.username),
            'the curl command',
          )
        }`
    }
    ${nextSteps(visit, application)}`,
  );
};
