import { badge } from '../../pages/badge';
import { page, type Answer } from '../../pages/answer';
import { breadcrumbs } from '../../pages/breadcrumbs';
import { html, type Html } from '../../pages/html';
import { notice } from '../../pages/notice';
import { generateKeys } from '../application/generate-keys';
import { revokeToken } from '../application/revoke-token';
import { saveClientSettings } from '../application/save-client-settings';
import { saveSettings } from '../application/save-settings';
import { addSubscription, changePlan } from '../application/save-subscriptions';
import { applicationSections } from '../application/sections';
import { readApplicationId } from '../application/application-path';
import { withdrawForm } from '../subscriptions/own-requests';
import type { OwnApplication } from '../application/own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { singleUse } from '../forms/single-use';
import { stateOf } from '../application/application-state';
import type { UserVisit } from '../visit';

/** Renders what an owner has to know before anything else: state, type, and what the application is for. */
const head = ({ texts }: UserVisit, application: OwnApplication): Html => {
  const { description, enabled, isDeclared, public: isPublic } = application;
  return html`<p class="badges">
      ${badge(enabled ? 'good' : 'bad', stateOf(application, texts))}
      ${isPublic && badge('neutral', texts.application.isPublic)}
      ${isDeclared && badge('neutral', texts.application.isDeclared)}
    </p>
    ${description !== undefined && html`<p class="prose">${description}</p>`}
    ${isDeclared && html`<p class="hint">${texts.application.declared}</p>`}`;
};

/** Renders the page of an application for its owner. */
export const showApplication = async (visit: UserVisit, services: PageServices, remark?: Html): Promise<Answer> => {
  const { texts, user, params, query } = visit;
  const application = await services.ownApplications.get(user, readApplicationId(params['id']));
  const { name } = application;
  return page(
    name,
    html`${breadcrumbs(visit, [{ to: '/subscriptions', text: texts.applications.mine }], name)} ${remark}
    ${query.get('done') === 'created' && notice('done', texts.application.created)} ${head(visit, application)}
    ${await applicationSections(visit, application, services)}`,
  );
};

export const applicationPage: PortalPage = {
  path: '/applications/:id',
  for: 'users',
  navigation: 'none',
  section: '/subscriptions',
  isReturnTarget: true,
  show: showApplication,
  forms: [
    { path: '/applications/:id/subscribe', handle: addSubscription },
    { path: '/applications/:id/plan', handle: changePlan },
    withdrawForm,
    { path: '/applications/:id/generate', handle: singleUse(generateKeys) },
    { path: '/applications/:id/client', handle: saveClientSettings(showApplication) },
    { path: '/applications/:id/settings', handle: saveSettings },
    { path: '/applications/:id/tokens/:grant/revoke', handle: revokeToken },
  ],
};
