import type { ApplicationInfo } from '../../directory/application-info';
import { DirectoryError } from '../../protocol/errors';
import { page, redirect, type Answer } from '../../pages/answer';
import { table } from '../../pages/table';
import { notice, remarkOf } from '../../pages/notice';
import { html, type Html } from '../../pages/html';
import { form, opener } from '../../pages/form';
import { nextLink, pageOf } from '../paging';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import { stateOf } from '../state';
import { actorOf, type UserVisit } from '../visit';

const DONE: Readonly<Record<string, string>> = {
  disabled: 'Application disabled. All its tokens have ended.',
  enabled: 'Application enabled.',
};

export const adminApplicationPages = (services: PortalServices): readonly Route[] => {
  const { applications, directory, apis, audit } = services;

  const applicationsOf = async (organization: string | undefined): Promise<readonly ApplicationInfo[]> => {
    const found: ApplicationInfo[] = [];
    for await (const application of applications.list())
      if (application.organization === organization) found.push(application);
    return found.sort((one, other) => (one.id < other.id ? -1 : 1));
  };

  const action = (visit: UserVisit, { id, name, enabled, disabledBy }: ApplicationInfo): Html => {
    if (directory.applications.isDeclared(id)) return html`Managed in the configuration`;
    if (disabledBy === 'operator') return html``;
    const button = (text: string): Html => html`<button class="plain" aria-label="${text} ${name}">${text}</button>`;
    return enabled
      ? opener(visit, `/admin/applications/${id}/disable`, button('Disable'))
      : form(visit, `/admin/applications/${id}/enable`, button('Enable'));
  };

  const applicationsPage = async (visit: UserVisit): Promise<Answer> => {
    const { items, next } = pageOf(
      await applicationsOf(visit.user.organization),
      ({ id }) => id,
      visit.query.get('after'),
    );
    const done = remarkOf(DONE, visit.query.get('done'));
    const rows = items.map((application) => [
      application.name,
      application.owner ?? '',
      Object.values(application.keys).map(({ clientId }) => html`<code>${clientId}</code> `),
      application.subscriptions.map((api) => apis.get(api)?.title ?? api).join(', '),
      stateOf(application),
      action(visit, application),
    ]);
    const heads = ['Name', 'Owner', 'Consumer keys', 'APIs', 'State', ''];
    return page(
      'Applications',
      html`${done !== undefined && notice('done', done)} ${table('Applications of your organization', heads, rows)}
      ${nextLink(visit, next)}`,
    );
  };

  const change =
    (to: 'disable' | 'enable', done: string) =>
    async ({ user, params: { id = '' } }: UserVisit): Promise<Answer> => {
      const application = await applications.find(id);
      if (application === undefined || application.organization !== user.organization) {
        throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', 'there is no such application');
      }
      await applications[to](id, { by: 'administrator' });
      audit.note({ action: `${to}_application`, ...actorOf(user), target: application.name });
      return redirect(`/admin/applications?done=${done}`);
    };

  return [
    { method: 'GET', path: '/admin/applications', for: 'admins', handle: applicationsPage },
    {
      method: 'POST',
      path: '/admin/applications/:id/disable',
      page: '/admin/applications',
      for: 'admins',
      handle: change('disable', 'disabled'),
    },
    { method: 'POST', path: '/admin/applications/:id/enable', for: 'admins', handle: change('enable', 'enabled') },
  ];
};
