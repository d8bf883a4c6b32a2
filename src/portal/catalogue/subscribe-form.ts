import type { Api } from '../../access/api';
import { field, select } from '../../pages/fields';
import { faultIn } from '../../pages/form-fault';
import { form, link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { submissionField } from '../../pages/submission';
import { labelsOf } from '../application/application-labels';
import { DEFAULT_APPLICATION, type OwnApplication } from '../application/own-applications';
import { planChoice } from '../subscriptions/plan-form';
import type { UserVisit, Visit } from '../visit';
import { subscribePath } from './paths';

/** Value of the field `application` for one that is created by the subscription. */
export const NEW_APPLICATION = 'new';

/** Checks whether the portal accepts subscriptions to an API. */
export const isOpen = ({ lifecycle }: Pick<Api, 'lifecycle'>): boolean => lifecycle.status === 'published';

/** Returns the applications that the user can still subscribe to an API. */
const candidatesFor = ({ name }: Api, mine: readonly OwnApplication[]): readonly OwnApplication[] =>
  mine.filter(({ isDeclared, subscriptions }) => !isDeclared && !subscriptions.includes(name));

const choicesOf = (candidates: readonly OwnApplication[], mine: readonly OwnApplication[], { texts }: Visit) => {
  const labels = labelsOf(mine, texts);
  return candidates.map(({ id, name }) => ({ value: id, text: labels.get(id) ?? name }));
};

const approvalHint = ({ texts }: Visit, { approval }: Api): Html =>
  html`${approval && html`<p class="hint">${texts.approvals.needed}</p>`}`;

/**
 * Renders the form in the catalogue: one button if there is nothing to choose. Without an application one is created.
 */
export const subscribeForm = (visit: UserVisit, api: Api, mine: readonly OwnApplication[]): Html => {
  const { texts } = visit;
  if (!isOpen(api)) return html`<p class="hint">${texts.apis.closed}</p>`;
  const candidates = candidatesFor(api, mine);
  const [only, ...others] = candidates;
  const hasEditable = mine.some(({ isDeclared }) => !isDeclared);
  const another = hasEditable && link(visit, subscribePath(api), texts.apis.otherApplication);
  if (only === undefined && hasEditable) return html`<p class="hint">${texts.apis.allSubscribed} ${another}</p>`;
  const choice =
    others.length === 0
      ? only !== undefined && html`<input type="hidden" name="application" value="${only.id}" />`
      : select(
          { name: 'application', label: texts.apis.application },
          choicesOf(candidates, mine, visit),
          `application-${api.name}`,
        );
  return form(
    visit,
    subscribePath(api),
    html`${submissionField(visit)}
      <div class="row">
        ${choice} ${planChoice(api, `plan-${api.name}`, visit.texts)}
        <button aria-describedby="api-${api.name}">${texts.apis.subscribe}</button>
        ${another}
      </div>
      ${approvalHint(visit, api)}`,
  );
};

/** Renders the form with every choice: the applications, a new one with its name, and the plan. */
export const fullSubscribeForm = (visit: UserVisit, api: Api, mine: readonly OwnApplication[]): Html => {
  const { texts, form: given, fault } = visit;
  const candidates = choicesOf(candidatesFor(api, mine), mine, visit);
  const chosen = given.get('application') ?? candidates[0]?.value ?? NEW_APPLICATION;
  return form(
    visit,
    subscribePath(api),
    html`${submissionField(visit)}
      ${select({ name: 'application', label: texts.apis.application, chosen }, [
        ...candidates,
        { value: NEW_APPLICATION, text: texts.apis.newApplication },
      ])}
      ${field({
        name: 'name',
        label: texts.apis.newName,
        hint: texts.apis.newNameHint,
        value: given.get('name') ?? (mine.length === 0 ? DEFAULT_APPLICATION : ''),
        optional: true,
        fault: faultIn(fault, 'name'),
      })}
      ${planChoice(api, 'plan', visit.texts, given.get('plan'))}
      <button>${texts.apis.subscribe}</button> ${approvalHint(visit, api)}`,
  );
};

/** Renders the link with which a visitor signs in and then subscribes. */
export const signInToSubscribe = (visit: Visit, api: Api): Html =>
  isOpen(api)
    ? html`<p>
        ${link(visit, `/sign-in?return=${encodeURIComponent(subscribePath(api))}`, visit.texts.apis.signInToSubscribe)}
      </p>`
    : html`<p class="hint">${visit.texts.apis.closed}</p>`;
