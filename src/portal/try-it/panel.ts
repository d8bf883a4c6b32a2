import type { Api } from '../../access/api';
import { copyableLines } from '../../pages/copyable';
import { select } from '../../pages/fields';
import { html, type Html } from '../../pages/html';
import type { UserVisit } from '../visit';
import { listOperations, type ListedOperation } from './operation';
import { tokenChoice, type TokenChoices } from './token-choice';

/** More operations than these can be filtered. */
const MANY_OPERATIONS = 12;

/** Contents of the form: an API, and the operation that is selected at first. */
export interface Panel extends TokenChoices {
  readonly api: Api;
  readonly chosen: ListedOperation | undefined;
}

const option = ({ operation, summary }: ListedOperation, chosen: ListedOperation | undefined): Html => {
  const { method, path } = operation;
  const isChosen = chosen?.operation.method === method && chosen.operation.path === path;
  return html`<option
    value="${method} ${path}"
    data-operation="${JSON.stringify(operation)}"
    ${isChosen && html`selected`}
  >
    ${method} ${path}${summary !== undefined && ` · ${summary}`}
  </option>`;
};

const resourceFields = ({ texts: { tryItPanel } }: UserVisit, { api, chosen }: Panel): Html => {
  const operations = listOperations(api);
  return html`${
      operations.length > MANY_OPERATIONS &&
      html`<p class="field">
        <label for="filter">${tryItPanel.filter}</label>
        <input id="filter" type="search" autocomplete="off" />
      </p>`
    }
    <p class="field">
      <label for="resource">${tryItPanel.resource}</label>
      <select id="resource" name="resource">
        ${operations.map((listed) => option(listed, chosen))}
      </select>
    </p>
    <div id="parameters"></div>`;
};

const rows = (id: string, title: string, add: string): Html =>
  html`<details id="${id}">
    <summary>${title}</summary>
    <div data-rows></div>
    <p><button type="button" class="plain" data-add>${add}</button></p>
  </details>`;

const bodyFields = ({ texts: { tryItPanel } }: UserVisit): Html =>
  html`<div id="body-field" hidden>
    <p class="field">
      <label for="media-type">${tryItPanel.mediaType}</label>
      <input id="media-type" name="media-type" value="application/json" autocomplete="off" spellcheck="false" />
    </p>
    <p class="field">
      <label for="body">${tryItPanel.body}</label>
      <textarea id="body" name="body" rows="6" spellcheck="false"></textarea>
    </p>
  </div>`;

const tokenFields = (visit: UserVisit, panel: Panel): Html => {
  const { tryItPanel } = visit.texts;
  return html`<fieldset>
    <legend>${tryItPanel.token}</legend>
    ${tokenChoice(visit, panel.api, panel)}
    <p class="field">
      <label for="token">${tryItPanel.accessToken}</label>
      <input id="token" name="token" type="text" autocomplete="off" spellcheck="false" aria-describedby="token-hint" />
      <small id="token-hint">${tryItPanel.tokenHint}</small>
    </p>
    <p id="verdict" role="status"></p>
    <ul id="ticks" class="scopes ticks" aria-label="${tryItPanel.neededScopes}"></ul>
  </fieldset>`;
};

const codeFields = ({ texts: { tryItPanel } }: UserVisit): Html =>
  html`<details id="request-code">
    <summary>${tryItPanel.code}</summary>
    ${select(
      { name: 'language', label: tryItPanel.language },
      [
        { value: 'curl', text: 'curl' },
        { value: 'fetch', text: 'JavaScript (fetch)' },
        { value: 'python', text: 'Python (requests)' },
      ],
      'code-language',
    )}
    ${copyableLines('code', '', tryItPanel.codeLabel)}
  </details>`;

/**
 * Renders the form that sends a request. It has no action, because only the script of the portal can send the request
 * and show the response, for which `responsePanel` has the place.
 */
export const tryItPanel = (visit: UserVisit, panel: Panel): Html => {
  const { tryItPanel: texts, tryItScript } = visit.texts;
  return html`<form
    id="try-it"
    data-mount="${visit.mount}"
    data-api-base="${visit.apiBase}"
    data-form-token="${visit.formToken}"
    data-api="${panel.api.name}"
    data-language="${visit.language}"
    data-texts="${JSON.stringify(tryItScript)}"
  >
    ${resourceFields(visit, panel)} ${rows('query', texts.query, texts.addParameter)}
    ${rows('headers', texts.headers, texts.addHeader)} ${bodyFields(visit)} ${tokenFields(visit, panel)}
    <p class="row">
      <button id="send">${texts.send}</button>
      <button type="button" id="cancel" class="plain" hidden>${texts.cancel}</button>
    </p>
    <p id="progress" role="status"></p>
    ${codeFields(visit)}
  </form>`;
};
