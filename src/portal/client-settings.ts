import { ENVIRONMENTS } from '../directory/key-pairs';
import { checkBox, passwordField, textArea } from '../pages/fields';
import { form } from '../pages/form';
import { faultIn } from '../pages/form-fault';
import { html, type Html } from '../pages/html';
import { applicationPath } from './application-path';
import { describeEndingTokens, hasLiveTokens } from './live-token-count';
import type { OwnApplication } from './own-applications';
import type { PageServices } from './page-services';
import type { UserVisit } from './visit';

const URIS_HINT =
  'One per line, at most 20: where the browser returns with an authorization code. ' +
  'https, http on 127.0.0.1, [::1] or localhost with any port, or a private-use scheme such as com.example.app:/callback.';

const PUBLIC_HINT =
  'For browser, mobile and desktop apps, which cannot keep a secret: they have a key without a secret and use PKCE.';

const pairsOf = ({ keys }: OwnApplication) => ENVIRONMENTS.flatMap((environment) => keys[environment] ?? []);

const ownersOf = (application: OwnApplication) => pairsOf(application).map(({ clientId }) => ({ clientId }));

/** Checks whether a change affects clients that run: a secret was used, or tokens are live. */
export const isInUse = async (
  application: OwnApplication,
  { tokens }: Pick<PageServices, 'tokens'>,
): Promise<boolean> => {
  const secrets = pairsOf(application).flatMap((pair) => pair.secrets);
  if (secrets.some(({ lastUsedAt }) => lastUsedAt !== undefined)) return true;
  return hasLiveTokens(tokens, ownersOf(application));
};

/** Describes what ends when the type of the application changes; empty if it has no keys. */
const describeSwitch = async (application: OwnApplication, { tokens }: PageServices): Promise<string> => {
  if (pairsOf(application).length === 0) return '';
  const ending = await describeEndingTokens(tokens, { owners: ownersOf(application) });
  return application.public
    ? ` If you untick it, you have to add a secret to each key. ${ending}`
    : ` If you tick it, all secrets of this application are deleted. ${ending}`;
};

const settingsForm = async (visit: UserVisit, application: OwnApplication, services: PageServices): Promise<Html> => {
  const { form: given, fault } = visit;
  const isSent = given.has('client_settings'); // otherwise the page is shown again after a fault of another form
  return form(
    visit,
    `${applicationPath(application.id)}/client`,
    html`<input type="hidden" name="client_settings" value="sent" />`,
    textArea({
      name: 'redirectUris',
      label: 'Redirect URIs',
      value: isSent ? given.get('redirectUris') : application.redirectUris.join('\n'),
      hint: URIS_HINT,
      fault: faultIn(fault, 'redirectUris'),
    }),
    checkBox({
      name: 'public',
      label: 'Public client',
      isChecked: isSent ? given.has('public') : application.public,
      hint: PUBLIC_HINT + (await describeSwitch(application, services)),
    }),
    (await isInUse(application, services)) && passwordField({ id: 'client-password' }),
    html`<button>Save</button>`,
  );
};

const readOnlySettings = ({ redirectUris, public: isPublic }: OwnApplication): Html =>
  html`<dl>
    <dt>Redirect URIs</dt>
    <dd>${redirectUris.length === 0 ? 'none' : redirectUris.map((uri) => html`<div><code>${uri}</code></div>`)}</dd>
    <dt>Client type</dt>
    <dd>${isPublic ? 'public: it has no secret and uses PKCE' : 'confidential: it has a secret'}</dd>
  </dl>`;

/**
 * Renders the redirect URIs and the type of an application: a form, or read-only if the application is declared. Nothing
 * if the gate has no authorization endpoint and the application uses none.
 */
export const clientSettings = async (
  visit: UserVisit,
  application: OwnApplication,
  services: PageServices,
): Promise<Html> => {
  const { redirectUris, isDeclared, public: isPublic } = application;
  if (services.authorizeUrl === undefined && redirectUris.length === 0 && !isPublic) return html``;
  const settings = isDeclared ? readOnlySettings(application) : await settingsForm(visit, application, services);
  return html`<h2>Authorization code</h2>
    ${settings}`;
};
