import type { Api } from '../../access/api';
import { page, redirect, type Answer } from '../../pages/answer';
import { breadcrumbs } from '../../pages/breadcrumbs';
import { html } from '../../pages/html';
import { prose } from '../../pages/prose';
import { sectionPath } from '../application/section-path';
import { fullSubscribeForm, isOpen, NEW_APPLICATION } from '../catalogue/subscribe-form';
import { apiPath } from '../catalogue/paths';
import type { OwnApplication } from '../application/own-applications';
import { afterSubscribing } from '../subscriptions/after-subscribing';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { singleUse } from '../forms/single-use';
import { subscribeOwn } from '../subscriptions/subscribing';
import type { UserVisit } from '../visit';
import { problem } from './problem';

const show = async (visit: UserVisit, { apis, ownApplications }: PageServices): Promise<Answer> => {
  const api = apis.get(visit.params['name'] ?? '');
  if (api === undefined) return problem.notFound;
  if (!isOpen(api)) return redirect(apiPath(api));
  const { apis: texts } = visit.texts;
  const title = texts.subscribeTo(api.title);
  const above = [
    { to: '/apis', text: texts.title },
    { to: apiPath(api), text: api.title },
  ];
  const mine = await ownApplications.list(visit.user);
  return page(
    title,
    html`${breadcrumbs(visit, above, title)} ${prose(api.description)} ${fullSubscribeForm(visit, api, mine)}`,
  );
};

/** Returns the application that the form names, creates the one that it describes, or takes the user's first one. */
const chosenApplication = ({ form, user }: UserVisit, { ownApplications }: PageServices): Promise<OwnApplication> => {
  const id = form.get('application');
  if (id === undefined) return ownApplications.getOrCreate(user);
  return id === NEW_APPLICATION ? ownApplications.create(user, form.get('name') ?? '') : ownApplications.get(user, id);
};

const hasPlan = ({ plans }: Api, name: string | undefined): boolean =>
  name === undefined || plans.some((plan) => plan.name === name);

const subscribe = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { apis } = services;
  const api = apis.get(visit.params['name'] ?? '');
  const plan = visit.form.get('plan');
  if (api === undefined || !hasPlan(api, plan)) return problem.notFound;
  if (!isOpen(api)) return redirect(apiPath(api));
  const application = await chosenApplication(visit, services);
  const outcome = await subscribeOwn(visit, { application, api, plan }, services);
  if (outcome === 'requested') return redirect(sectionPath(application.id, 'subscriptions', 'requested'));
  return afterSubscribing(visit, application, api, services);
};

/** The page on which every choice of a subscription is made; the catalogue sends the same form. */
export const subscribePage: PortalPage = {
  path: '/apis/:name/subscribe',
  for: 'users',
  navigation: 'none',
  isReturnTarget: true,
  show,
  forms: [
    {
      path: '/apis/:name/subscribe',
      handle: singleUse(subscribe, redirect('/subscriptions')), // shows whether the first submission subscribed
    },
  ],
};
