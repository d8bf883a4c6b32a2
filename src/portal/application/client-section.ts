import { checkBox, passwordField, textArea } from '../../pages/fields';
import { form } from '../../pages/form';
import { faultIn } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { applicationPath } from './application-path';
import { describeEndingTokens, hasLiveTokens } from '../tokens/live-token-count';
import { clientOwnersOf, type OwnApplication } from './own-applications';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';
import type { Section } from './section';

/** Checks whether a change affects clients that run: a secret was used, or tokens are live. */
export const isInUse = async (
  application: OwnApplication,
  { tokens }: Pick<PageServices, 'tokens'>,
): Promise<boolean> => {
  const secrets = Object.values(application.keys).flatMap((pair) => pair.secrets);
  if (secrets.some(({ lastUsedAt }) => lastUsedAt !== undefined)) return true;
  return hasLiveTokens(tokens, clientOwnersOf(application));
};

/** Describes what ends when the type of the application changes; empty if it has no keys. */
const describeSwitch = async (
  { texts }: UserVisit,
  application: OwnApplication,
  { tokens }: PageServices,
): Promise<string> => {
  if (Object.values(application.keys).length === 0) return '';
  const ending = await describeEndingTokens(tokens, { owners: clientOwnersOf(application), texts });
  const { ifConfidential, ifPublic } = texts.clientType;
  return ` ${application.public ? ifConfidential(ending) : ifPublic(ending)}`;
};

const settingsForm = async (visit: UserVisit, application: OwnApplication, services: PageServices): Promise<Html> => {
  const { form: given, fault, texts } = visit;
  const { clientType } = texts;
  const isSent = given.has('client_settings'); // otherwise the page is shown again after a fault of another form
  return form(
    visit,
    `${applicationPath(application.id)}/client`,
    html`<input type="hidden" name="client_settings" value="sent" />`,
    textArea({
      name: 'redirectUris',
      label: clientType.redirectUris,
      value: isSent ? given.get('redirectUris') : application.redirectUris.join('\n'),
      hint: clientType.redirectUrisHint,
      fault: faultIn(fault, 'redirectUris'),
    }),
    checkBox({
      name: 'public',
      label: clientType.publicClient,
      isChecked: isSent ? given.has('public') : application.public,
      hint: clientType.publicHint + (await describeSwitch(visit, application, services)),
    }),
    (await isInUse(application, services)) && passwordField({ id: 'client-password', texts }),
    html`<button>${clientType.save}</button>`,
  );
};

const readOnlySettings = (
  { texts: { clientType } }: UserVisit,
  { redirectUris, public: isPublic }: OwnApplication,
): Html =>
  html`<dl>
    <dt>${clientType.redirectUris}</dt>
    <dd>
      ${redirectUris.length === 0 ? clientType.none : redirectUris.map((uri) => html`<div><code>${uri}</code></div>`)}
    </dd>
    <dt>${clientType.type}</dt>
    <dd>${isPublic ? clientType.isPublic : clientType.isConfidential}</dd>
  </dl>`;

/**
 * The redirect URIs and the type of an application: a form, or read-only if the application is declared. Absent if the
 * gate has no authorization endpoint and the application uses none.
 */
export const clientSection: Section = {
  id: 'client',
  done: ({ clientType: { saved, savedPublic, savedConfidential } }) => ({
    saved,
    public: savedPublic,
    confidential: savedConfidential,
  }),
  render: async (visit, application, services) => {
    const { redirectUris, isDeclared, public: isPublic } = application;
    if (services.authorizeUrl === undefined && redirectUris.length === 0 && !isPublic) return undefined;
    return isDeclared ? readOnlySettings(visit, application) : settingsForm(visit, application, services);
  },
};
