import { copyableLines } from '../../pages/copyable';
import { html, type Html } from '../../pages/html';
import type { UserVisit } from '../visit';
import { curlWriter } from './curl';
import { javaScriptWriter } from './javascript';
import { pythonWriter } from './python';
import type { CodeWriter } from './request';
import { stepsFor, type Step, type StepServices } from './steps';
import type { SnippetKey } from './token-requests';

interface Language {
  readonly name: string;
  readonly title: string;
  readonly writer: CodeWriter;
}

/** The languages of snippets. A name is also a class of the stylesheet, which shows the chosen language. */
export const LANGUAGES: readonly Language[] = [
  { name: 'curl', title: 'curl', writer: curlWriter },
  { name: 'javascript', title: 'JavaScript', writer: javaScriptWriter },
  { name: 'python', title: 'Python', writer: pythonWriter },
];

const languageChoice = ({ texts: { snippets } }: UserVisit, id: string): Html =>
  html`<fieldset class="bare languages">
    <legend>${snippets.language}</legend>
    <p class="row">
      ${LANGUAGES.map(
        ({ name, title }, index) =>
          html`<span>
            <input type="radio" id="${id}-${name}" name="${id}" value="${name}" ${index === 0 && html`checked`} />
            <label for="${id}-${name}" class="inline">${title}</label>
          </span> `,
      )}
    </p>
  </fieldset>`;

const stepBlock = ({ texts: { snippets } }: UserVisit, id: string, step: Step): Html =>
  html`<details>
    <summary>${snippets.steps[step.kind]}</summary>
    ${LANGUAGES.map(
      ({ name, title, writer }) =>
        html`<div class="snippet ${name}">
          ${copyableLines(`${id}-${step.kind}-${name}`, step.write(writer, snippets.code), snippets.label(title))}
        </div>`,
    )}
  </details>`;

/**
 * Renders how a key gets tokens and calls its first API, in each language. The choice of the language works without
 * JavaScript. Nothing secret is in the code: it reads the secret, tokens and the password from the environment.
 */
export const snippets = (visit: UserVisit, key: SnippetKey, services: StepServices): Html => {
  const steps = stepsFor(visit, key, services);
  if (steps.length === 0) return html``;
  const { snippets: texts } = visit.texts;
  const id = `snippets-${key.environment}`;
  return html`<div class="snippets">
    <p class="hint">${key.application.public ? texts.publicVariables : texts.variables}</p>
    ${languageChoice(visit, id)} ${steps.map((step) => stepBlock(visit, id, step))}
  </div>`;
};
