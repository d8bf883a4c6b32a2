import { html, type Html } from '../../pages/html';
import type { UserVisit } from '../visit';

/** Renders the place of the response, hidden until there is one. Its status is announced by the form. */
export const responsePanel = ({ mount, texts: { tryItPanel, phrases } }: UserVisit): Html =>
  html`<section id="response" aria-labelledby="response-title" hidden>
    <h2 id="response-title">${tryItPanel.response}</h2>
    <dl>
      <dt>${tryItPanel.status}</dt>
      <dd><span data-testid="response-status" class="badge"></span></dd>
      <dt>${tryItPanel.time}</dt>
      <dd data-testid="response-time"></dd>
      <dt>${tryItPanel.size}</dt>
      <dd data-testid="response-size"></dd>
    </dl>
    <p id="renew" hidden><span></span> <button type="button" class="plain">${tryItPanel.newToken}</button></p>
    <p id="missing" hidden><a id="generate-with" href="${mount}/generate-token">${tryItPanel.generateToken}</a></p>
    <h3>${tryItPanel.headers}</h3>
    <pre id="response-headers" tabindex="0" aria-label="${tryItPanel.responseHeaders}"></pre>
    <h3>${tryItPanel.body}</h3>
    <p id="response-note" class="hint" hidden></p>
    <div class="copyable">
      <pre id="response-body" data-testid="response-body" tabindex="0" aria-label="${tryItPanel.responseBody}"></pre>
      <button type="button" class="plain" data-copy="response-body" data-what="${tryItPanel.bodyLabel}" hidden>
        ${phrases.copy}
      </button>
    </div>
    <p><a id="save-body" hidden>${tryItPanel.save}</a></p>
  </section>`;
