import { html, type Html } from '../../pages/html';
import type { PageServices } from '../page-services';
import type { Visit } from '../visit';

/** Renders scopes with their descriptions and the roles that they require. */
export const scopeList = (
  { texts }: Pick<Visit, 'texts'>,
  scopes: readonly string[],
  { rules }: Pick<PageServices, 'rules'>,
): Html =>
  html`<dl>
    ${scopes.map((scope) => {
      const roles = rules.rolesOf(scope);
      return html`<dt><code>${scope}</code></dt>
        <dd>
          ${rules.describe(scope)}
          ${roles.length > 0 && html`<span class="hint">(${texts.apis.roles(roles.join(', '))})</span>`}
        </dd>`;
    })}
  </dl>`;
