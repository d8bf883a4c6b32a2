import { ENVIRONMENTS } from '../../directory/key-pairs';
import { html, type Html } from '../../pages/html';
import { snippets } from '../snippets/snippets';
import type { StepServices } from '../snippets/steps';
import type { UserVisit } from '../visit';
import type { OwnApplication } from './own-applications';
import type { Section } from './section';

const snippetsOf = (visit: UserVisit, application: OwnApplication, services: StepServices): readonly Html[] => {
  const shown = ENVIRONMENTS.flatMap((environment) => {
    const pair = application.keys[environment];
    return pair === undefined ? [] : [{ environment, clientId: pair.clientId }];
  });
  return shown.map(({ environment, clientId }) => {
    const code = snippets(visit, { application, environment, clientId }, services);
    if (shown.length === 1) return code;
    return html`<div class="card">
      <h3>${visit.texts.secrets.environments[environment]}</h3>
      ${code}
    </div>`;
  });
};

/** Code that gets a token with the keys of the application, beside each other if it has two. Absent without a key. */
export const snippetsSection: Section = {
  id: 'snippets',
  render: (visit, application, services) => {
    const all = snippetsOf(visit, application, services);
    if (all.length === 0) return undefined;
    return all.length === 1 ? html`${all}` : html`<div class="columns">${all}</div>`;
  },
};
