import { page, redirect, type Answer } from '../../pages/answer';
import { withPassword } from '../with-password';
import { passwordField } from '../../pages/fields';
import { html, type Html } from '../../pages/html';
import { form, link } from '../../pages/form';
import { OwnApplications } from '../own-applications';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import { Visitors } from '../visitors';
import { actorOf, type UserVisit } from '../visit';

export const applicationRemovalPages = (services: PortalServices): readonly Route[] => {
  const { applications, audit, signInLimit } = services;
  const own = new OwnApplications(services);
  const visitors = new Visitors(services);

  const removalPage = async (visit: UserVisit, remark?: Html): Promise<Answer> => {
    const { id, name } = await own.get(visit.user, visit.params['id'] ?? '');
    return page(
      'Remove an application',
      html`${remark}
        <p>This permanently deletes ${link(visit, `/applications/${id}`, name)}, its keys and all its tokens.</p>
        ${form(
          visit,
          `/applications/${id}/remove`,
          passwordField(),
          html`<button class="danger">Remove application</button>`,
        )}`,
    );
  };

  return [
    { method: 'GET', path: '/applications/:id/remove', for: 'users', handle: (visit) => removalPage(visit) },
    {
      method: 'POST',
      path: '/applications/:id/remove',
      for: 'users',
      handle: (visit) =>
        withPassword(
          { visitors, signInLimit },
          visit,
          (remark) => removalPage(visit, remark),
          async () => {
            const { id, name } = await own.get(visit.user, visit.params['id'] ?? '');
            await applications.remove(id);
            audit.note({ action: 'remove_application', ...actorOf(visit.user), target: name });
            return redirect('/subscriptions?done=removed');
          },
        ),
    },
  ];
};
