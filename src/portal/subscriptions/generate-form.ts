import { ENVIRONMENTS } from '../../directory/key-pairs';
import { select } from '../../pages/fields';
import { form } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { submissionField } from '../../pages/submission';
import { hasNoSandbox } from '../application/keys-section';
import { applicationPath } from '../application/application-path';
import type { OwnApplication } from '../application/own-applications';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';

/** Renders the form that generates the key of an environment that has none; nothing if no environment is left. */
export const generateForm = (
  visit: UserVisit,
  application: OwnApplication,
  services: Pick<PageServices, 'apis'>,
): Html | undefined => {
  const { id, keys, isDeclared } = application;
  const { secrets, applications } = visit.texts;
  const missing = ENVIRONMENTS.filter((environment) => keys[environment] === undefined);
  if (isDeclared || missing.length === 0) return undefined;
  return form(
    visit,
    `${applicationPath(id)}/generate`,
    html`${submissionField(visit)}
      <div class="row">
        ${select(
          { name: 'environment', label: secrets.environment },
          missing.map((environment) => ({ value: environment, text: applications.environments[environment] })),
          `environment-${id}`,
        )}
        <button aria-describedby="application-${id}">${secrets.generate}</button>
      </div>
      ${
        missing.includes('sandbox') &&
        hasNoSandbox(application, services) &&
        html`<p class="hint">${secrets.noSandbox}</p>`
      }`,
  );
};
