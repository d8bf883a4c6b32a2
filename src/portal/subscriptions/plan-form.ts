import type { Api } from '../../access/api';
import { select } from '../../pages/fields';
import { form } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import type { Texts } from '../../pages/texts/texts';
import { applicationPath } from '../application/application-path';
import type { OwnApplication } from '../application/own-applications';
import { planOf, printPlan } from './plan-usage';
import type { UserVisit } from '../visit';

/** Renders the choice among the plans of an API; nothing if there is none. @param id of the field */
export const planChoice = (api: Api, id: string, texts: Pick<Texts, 'plans'>, chosen?: string): Html | undefined =>
  api.plans.length < 2
    ? undefined
    : select(
        { name: 'plan', label: texts.plans.plan, chosen },
        api.plans.map((plan) => ({ value: plan.name, text: printPlan(plan, texts) })),
        id,
      );

/** Renders the form that changes the plan of a subscription; nothing if the user cannot change it. */
export const planForm = (
  visit: UserVisit,
  application: OwnApplication,
  api: Api,
  heading: string,
): Html | undefined => {
  const { id, isDeclared } = application;
  const { texts } = visit;
  const choice = planChoice(api, `plan-${id}-${api.name}`, texts, planOf(api, application)?.name);
  if (isDeclared || choice === undefined) return undefined;
  return form(
    visit,
    `${applicationPath(id)}/plan`,
    html`<input type="hidden" name="api" value="${api.name}" />
      <div class="row">
        ${choice}
        <button class="plain" aria-describedby="${heading}">${texts.plans.change}</button>
      </div>`,
  );
};
