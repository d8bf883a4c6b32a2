import { page, redirect, type Answer } from '../../pages/answer';
import { breadcrumbs } from '../../pages/breadcrumbs';
import { passwordField } from '../../pages/fields';
import { form, link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { sectionPath } from '../application/section-path';
import { applicationPath, readApplicationId } from '../application/application-path';
import { describeEndingTokens } from '../tokens/live-token-count';
import { clientOwnersOf, type OwnApplication } from '../application/own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';
import { withPassword } from '../forms/with-password';

/** Describes what is removed, counted. */
const describeRemoval = async (
  { texts }: UserVisit,
  application: OwnApplication,
  { tokens }: PageServices,
): Promise<string> => {
  const { applications, phrases } = texts;
  const { id, name, keys, subscriptions } = application;
  const pairs = Object.values(keys);
  const counts = phrases.list([
    applications.keyCount(pairs.length),
    applications.secretCount(pairs.flatMap(({ secrets }) => secrets).length),
    applications.subscriptionCount(subscriptions.length),
  ]);
  const owners = clientOwnersOf(application);
  const ending = await describeEndingTokens(tokens, { owners, applicationOf: async () => id, texts });
  return applications.removeEffect(name, counts, ending);
};

const show = async (visit: UserVisit, services: PageServices, remark?: Html): Promise<Answer> => {
  const { texts, user, params } = visit;
  const application = await services.ownApplications.get(user, readApplicationId(params['id']));
  const { id, name } = application;
  const { mine, remove: title, removeButton } = texts.applications;
  const crumbs = [
    { to: '/subscriptions', text: mine },
    { to: sectionPath(id, 'danger'), text: name },
  ];
  return page(
    title,
    html`${breadcrumbs(visit, crumbs, title)} ${remark}
      <p>${await describeRemoval(visit, application, services)}</p>
      ${form(
        visit,
        `${applicationPath(id)}/remove`,
        passwordField({ texts }),
        html`<p class="row">
          <button class="danger">${removeButton}</button>
          ${link(visit, sectionPath(id, 'danger'), texts.phrases.cancel)}
        </p>`,
      )}`,
  );
};

const remove = async (
  { user, params }: UserVisit,
  { ownApplications, applications, audit }: PageServices,
): Promise<Answer> => {
  const { id, name } = await ownApplications.get(user, readApplicationId(params['id']));
  await applications.remove(id);
  audit.note({ action: 'remove_application', ...actorOf(user), target: name });
  return redirect('/subscriptions?done=removed');
};

export const removeApplicationPage: PortalPage = {
  path: '/applications/:id/remove',
  title: (texts) => texts.applications.remove,
  for: 'users',
  navigation: 'none',
  section: '/subscriptions',
  isReturnTarget: true,
  show,
  forms: [{ path: '/applications/:id/remove', handle: withPassword(show, remove) }],
};
