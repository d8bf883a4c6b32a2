import { opener } from '../../pages/form';
import { html } from '../../pages/html';
import { applicationPath } from './application-path';
import type { Section } from './section';

/** The actions that end the traffic of an application. A declared one cannot be removed here. */
export const dangerSection: Section = {
  id: 'danger',
  render: (visit, { id, keys, isDeclared }) => {
    const { application: texts } = visit.texts;
    const hasKeys = Object.keys(keys).length > 0;
    if (!hasKeys && isDeclared) return undefined;
    return html`${
      hasKeys &&
      html`<p id="revoke-hint">${texts.revokeAllHint}</p>
        ${opener(
          visit,
          `${applicationPath(id)}/revoke-tokens`,
          html`<button class="danger" aria-describedby="revoke-hint">${texts.revokeAll}</button>`,
        )}`
    }
    ${
      !isDeclared &&
      html`<p id="remove-hint">${texts.removeEffect}</p>
        ${opener(
          visit,
          `${applicationPath(id)}/remove`,
          html`<button class="danger" aria-describedby="remove-hint">${texts.removeLink}</button>`,
        )}`
    }`;
  },
};
