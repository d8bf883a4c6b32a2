import { isMethodName } from '../../access/method-name';
import type { Api } from '../../access/api';
import { page, type Answer } from '../../pages/answer';
import { breakable } from '../../pages/breakable';
import { html, type Html } from '../../pages/html';
import { accessOf } from './apis';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import type { UserVisit } from '../visit';

const MAX_TOKEN_LENGTH = 512;

/** Renders the resources of an API as options, with data attributes that `portal.js` reads. */
const options = (api: Api): Html =>
  html`<optgroup label="${api.title}">
    ${api.resources.flatMap((resource) =>
      resource.methods.map((method) => {
        const path = resource.path === '/' ? '' : resource.path;
        return html`<option
          value="${method} ${api.context}${path}"
          data-method="${method}"
          data-path="${api.context}${path}"
        >
          ${method} ${api.context}${path}
        </option>`;
      }),
    )}
  </optgroup>`;

const refuse = (summary: string): Answer => ({ kind: 'json', status: 400, value: { summary } });

export const tryItPages = ({ apis, explain }: PortalServices): readonly Route[] => {
  const tryItPage = (visit: UserVisit): Answer =>
    page(
      'Try it',
      html`<noscript
          ><p class="notice wrong">
            Try it needs JavaScript. Without it, use the curl command on an application's page.
          </p></noscript
        >
        ${apis.size === 0 && html`<p>No APIs are declared, so there is nothing to try.</p>`}
        <form
          id="try-it"
          data-mount="${visit.mount}"
          data-api-base="${visit.apiBase}"
          data-form-token="${visit.formToken}"
        >
          <p class="field">
            <label for="resource">Resource</label>
            <select id="resource" name="resource">
              ${[...apis.values()].map((api) => options(api))}
            </select>
          </p>
          <div id="parameters"></div>
          <p class="field">
            <label for="token">Access token</label>
            <input
              id="token"
              name="token"
              type="text"
              autocomplete="off"
              spellcheck="false"
              aria-describedby="token-hint"
            />
            <small id="token-hint"
              >Filled in with the last token you generated in this tab. You can paste another.</small
            >
          </p>
          <p class="field" id="body-field" hidden>
            <label for="body">Body (JSON)</label>
            <textarea id="body" name="body" spellcheck="false">{}</textarea>
          </p>
          <p id="verdict" role="status"></p>
          <ul id="ticks" class="scopes ticks" aria-label="Needed scopes"></ul>
          <p><button id="send">Send</button></p>
        </form>
        <section id="response" aria-live="polite" hidden>
          <h2>Response</h2>
          <dl>
            <dt>Status</dt>
            <dd data-testid="response-status"></dd>
            <dt>Time</dt>
            <dd data-testid="response-time"></dd>
          </dl>
          <p id="missing" hidden><a id="get-token" href="${visit.mount}/generate-token">Generate token</a></p>
          <h3>Headers</h3>
          <pre id="response-headers" tabindex="0" aria-label="Headers of the response"></pre>
          <h3>Body</h3>
          <pre id="response-body" data-testid="response-body" tabindex="0" aria-label="Body of the response"></pre>
        </section>
        <h2>What each resource needs</h2>
        <dl class="long">
          ${[...apis.values()].flatMap((api) =>
            api.resources.map(
              (resource) =>
                html`<dt>
                    ${resource.methods.join(', ')}
                    ${breakable(api.context + (resource.path === '/' ? '' : resource.path))}
                  </dt>
                  <dd>${accessOf(resource)}</dd>`,
            ),
          )}
        </dl>`,
    );

  /**
   * Returns the decision that a guard would make, before the request is sent. Scopes are listed only if they decide it,
   * because ticks beside a refusal for another reason would contradict it. The token is not stored.
   */
  const check = async ({ form: given }: UserVisit): Promise<Answer> => {
    const [pasted = '', method = '', path = ''] = [given.get('token'), given.get('method'), given.get('path')];
    const token = pasted.trim().replace(/^bearer +/i, '');
    if (token.length > MAX_TOKEN_LENGTH) {
      return refuse(`This is not an access token: it is longer than ${MAX_TOKEN_LENGTH} characters.`);
    }
    if (!isMethodName(method)) return refuse('This is not an HTTP method. Choose a resource from the list.');
    const { allowed, reason, summary, rule, token: state } = await explain(token, { method, path });
    const held = state.auth?.scopes ?? [];
    const decides = allowed || reason === 'insufficient_scope';
    const scopes = (decides ? (rule?.names ?? []) : []).map((name) => ({ name, has: held.includes(name) }));
    return { kind: 'json', value: { allowed, summary, scopes, held } };
  };

  return [
    { method: 'GET', path: '/try-it', for: 'users', handle: tryItPage },
    { method: 'POST', path: '/try-it/check', for: 'users', handle: check },
  ];
};
