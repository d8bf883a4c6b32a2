import { page, redirect, type Answer } from '../../pages/answer';
import { passwordField } from '../../pages/fields';
import { form, link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';
import { withPassword } from '../with-password';
import { applicationPath, readApplicationId } from '../application-path';

const TITLE = 'Remove an application';

const show = async (visit: UserVisit, { ownApplications }: PageServices, remark?: Html): Promise<Answer> => {
  const { id, name } = await ownApplications.get(visit.user, readApplicationId(visit.params['id']));
  return page(
    TITLE,
    html`${remark}
      <p>This permanently deletes ${link(visit, applicationPath(id), name)}, its keys and all its tokens.</p>
      ${form(
        visit,
        `${applicationPath(id)}/remove`,
        passwordField(),
        html`<button class="danger">Remove application</button>`,
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
