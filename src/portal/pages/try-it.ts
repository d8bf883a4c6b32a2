import type { Api } from '../../access/api';
import { isMethodName } from '../../access/method-name';
import { page, type Answer } from '../../pages/answer';
import { breakable } from '../../pages/breakable';
import { html, type Html } from '../../pages/html';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { accessOf } from '../resource-access';
import type { UserVisit } from '../visit';

const TITLE = 'Try it';

const MAX_TOKEN_LENGTH = 512;

/** Returns the path of a resource below the origin. */
const pathOf = ({ context }: Api, path: string): string => context + (path === '/' ? '' : path);

/** Renders the resources of an API as options, with data attributes that `portal.js` reads. */
const options = (api: Api): Html =>
  html`<optgroup label="${api.title}">
    ${api.resources.flatMap((resource) =>
      resource.methods.map((method) => {
        const path = pathOf(api, resource.path);
        return html`<option value="${method} ${path}" data-method="${method}" data-path="${path}">
          ${method} ${path}
        </option>`;
      }),
    )}
  </optgroup>`;

const tokenField = html`<p class="field">
  <label for="token">Access token</label>
  <input id="token" name="token" type="text" autocomplete="off" spellcheck="false" aria-describedby="token-hint" />
  <small id="token-hint">Filled in with the last token you generated in this tab. You can paste another.</small>
</p>`;

/** Renders the form. It has no action, because only `portal.js` can send its request. */
const requestForm = (visit: UserVisit, apis: readonly Api[]): Html =>
  html`<form
    id="try-it"
    data-mount="${visit.mount}"
    data-api-base="${visit.apiBase}"
    data-form-token="${visit.formToken}"
  >
    <p class="field">
      <label for="resource">Resource</label>
      <select id="resource" name="resource">
        ${apis.map(options)}
      </select>
    </p>
    <div id="parameters"></div>
    ${tokenField}
    <p class="field" id="body-field" hidden>
      <label for="body">Body (JSON)</label>
      <textarea id="body" name="body" spellcheck="false">{}</textarea>
    </p>
    <p id="verdict" role="status"></p>
    <ul id="ticks" class="scopes ticks" aria-label="Needed scopes"></ul>
    <p><button id="send">Send</button></p>
  </form>`;

const responseSection = (visit: UserVisit): Html =>
  html`<section id="response" aria-live="polite" hidden>
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
  </section>`;

const needs = (apis: readonly Api[]): Html =>
  html`<h2>What each resource needs</h2>
    <dl class="long">
      ${apis.flatMap((api) =>
        api.resources.map(
          (resource) =>
            html`<dt>${resource.methods.join(', ')} ${breakable(pathOf(api, resource.path))}</dt>
              <dd>${accessOf(resource)}</dd>`,
        ),
      )}
    </dl>`;

const show = (visit: UserVisit, services: PageServices): Answer => {
  const apis = [...services.apis.values()];
  return page(
    TITLE,
    html`<noscript
        ><p class="notice wrong">
          Try it needs JavaScript. Without it, use the curl command on an application's page.
        </p></noscript
      >
      ${apis.length === 0 && html`<p>No APIs are declared, so there is nothing to try.</p>`} ${requestForm(visit, apis)}
      ${responseSection(visit)} ${needs(apis)}`,
  );
};

const refuse = (summary: string): Answer => ({ kind: 'json', status: 400, value: { summary } });

/**
 * Returns the decision that a guard would make, before the request is sent. Scopes are listed only if they decide it,
 * because ticks beside a refusal for another reason would contradict it. The token is not stored.
 */
const check = async ({ form: given }: UserVisit, { explain }: PageServices): Promise<Answer> => {
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

export const tryItPage: PortalPage = {
  path: '/try-it',
  title: (texts) => texts.tryIt.title,
  for: 'users',
  navigation: 'user',
  isReturnTarget: true,
  show,
  forms: [{ path: '/try-it/check', handle: check }],
};
