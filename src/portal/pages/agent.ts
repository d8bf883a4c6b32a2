import type { Api } from '../../access/api';
import { page, type Answer } from '../../pages/answer';
import { breadcrumbs } from '../../pages/breadcrumbs';
import { copyable, copyableLines } from '../../pages/copyable';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { notice } from '../../pages/notice';
import type { Texts } from '../../pages/texts/texts';
import { agentAddresses, type AgentAddresses } from '../catalogue/agent-addresses';
import {
  AGENT_REDIRECT_URIS,
  bridgeConfiguration,
  headerConfiguration,
  serviceRequest,
  userConfiguration,
} from '../catalogue/agent-configurations';
import type { Reader } from '../catalogue/entry';
import { apiPath, subscribePath } from '../catalogue/paths';
import { readerOf } from '../catalogue/reader';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import type { Visit } from '../visit';
import { problem } from './problem';

/** Renders what the gate lacks for agents; nothing if it has everything. */
const lacks = (addresses: AgentAddresses, { agent }: Texts): readonly Html[] =>
  [
    addresses.authorizeUrl === undefined && agent.noAuthorize,
    addresses.tokenUrl === undefined && agent.noToken,
    addresses.resourceMetadata === undefined && agent.noResourceMetadata,
    addresses.serverMetadata === undefined && agent.noServerMetadata,
  ].flatMap((sentence) => (sentence === false ? [] : [notice('wrong', sentence)]));

/** Returns the client ids of the user's public applications that subscribe to an API. */
const clientIdsFor = ({ name }: Api, { applications = [] }: Reader): readonly string[] =>
  applications.flatMap(({ public: isPublic, subscriptions, keys }) =>
    isPublic && subscriptions.includes(name) && keys.production !== undefined ? [keys.production.clientId] : [],
  );

const steps = (visit: Visit, api: Api, { authorizeUrl }: AgentAddresses): Html => {
  const { agent } = visit.texts;
  return html`<h2>${agent.steps}</h2>
    <ol>
      <li>${link(visit, '/subscriptions', agent.create)}.</li>
      ${
        authorizeUrl !== undefined &&
        html`<li>
          ${agent.makePublic('Public client')}
          ${copyableLines('redirect-uris', AGENT_REDIRECT_URIS.join('\n'), agent.redirectUris)}
        </li>`
      }
      <li>${link(visit, subscribePath(api), agent.subscribe)}.</li>
      <li>${agent.copyKey}</li>
    </ol>`;
};

const addressList = (addresses: AgentAddresses, clientIds: readonly string[], texts: Texts): Html => {
  const { agent } = texts;
  const rows: readonly (readonly [id: string, name: string, address: string | undefined])[] = [
    ['resource', agent.resource, addresses.resource],
    ['resource-metadata', agent.resourceMetadata, addresses.resourceMetadata],
    ['server-metadata', agent.serverMetadata, addresses.serverMetadata],
    ['authorize-url', agent.authorizeUrl, addresses.authorizeUrl],
    ['token-url', agent.tokenUrl, addresses.tokenUrl],
    ['scopes', agent.scopes, addresses.scopes.length === 0 ? undefined : addresses.scopes.join(' ')],
  ];
  return html`<h2>${agent.addresses}</h2>
    <dl>
      ${rows.map(
        ([id, name, address]) =>
          address !== undefined &&
          html`<dt>${name}</dt>
            <dd>${copyable(id, address, name)}</dd>`,
      )}
      ${
        addresses.scopes.length === 0 &&
        html`<dt>${agent.scopes}</dt>
          <dd>${agent.noScopes}</dd>`
      }
      ${
        clientIds.length > 0 &&
        html`<dt>${agent.clientId}</dt>
          ${clientIds.map((id, index) => html`<dd>${copyable(`client-id-${index + 1}`, id, agent.clientId)}</dd>`)}`
      }
    </dl>`;
};

const configurations = (api: Api, addresses: AgentAddresses, clientId: string, texts: Texts): Html => {
  const { agent } = texts;
  const { authorizeUrl } = addresses;
  const request = serviceRequest(addresses);
  const part = (heading: string, hint: string, id: string, text: string, label: string): Html =>
    html`<h3>${heading}</h3>
      <p>${hint}</p>
      ${copyableLines(id, text, label)}`;
  return html`<h2>${agent.configuration}</h2>
    ${
      authorizeUrl !== undefined &&
      html`${part(agent.forUser, agent.forUserHint, 'for-user', userConfiguration(api, addresses, clientId), agent.copyConfiguration)}
      ${part(agent.bridge, agent.bridgeHint, 'bridge', bridgeConfiguration(api, addresses, clientId), agent.copyConfiguration)}`
    }
    ${part(agent.header, agent.headerHint, 'header', headerConfiguration(api, addresses), agent.copyConfiguration)}
    ${request !== undefined && part(agent.forService, agent.forServiceHint, 'service', request, agent.copyRequest)}`;
};

const show = async (visit: Visit, services: PageServices): Promise<Answer> => {
  const api = services.apis.get(visit.params['name'] ?? '');
  if (api === undefined) return problem.notFound;
  const { texts } = visit;
  const addresses = agentAddresses(api, services);
  const clientIds = clientIdsFor(api, await readerOf(visit, services));
  const title = texts.agent.title(api.title);
  const above = [
    { to: '/apis', text: texts.apis.title },
    { to: apiPath(api), text: api.title },
  ];
  return page(
    title,
    html`${breadcrumbs(visit, above, texts.api.connectAgent)}
      <p>${texts.agent.intro}</p>
      ${lacks(addresses, texts)} ${steps(visit, api, addresses)} ${addressList(addresses, clientIds, texts)}
      ${configurations(api, addresses, clientIds[0] ?? texts.agent.clientIdPlaceholder, texts)}`,
  );
};

/** Shows what an agent, such as an MCP client, needs for an API. */
export const agentPage: PortalPage = {
  path: '/apis/:name/agent',
  for: 'readers',
  navigation: 'none',
  isReturnTarget: true,
  show,
};
