import type { Texts } from '../../pages/texts/texts';
import { PUBLIC_GRANT_TYPES, type GrantType } from '../../protocol/grant-types';
import { whyNotGranted, type TokenFor } from '../tokens/not-granted';
import type { OwnApplication } from '../application/own-applications';
import type { PortalServices } from '../services';
import type { UserVisit } from '../visit';
import { apiRequest } from './api-request';
import { codeRequest } from './code-request';
import type { CodeTexts, CodeWriter, Field, LiteralField } from './request';
import { TokenRequests, type SnippetKey } from './token-requests';

/** One thing that a client does, as code of any language. */
export interface Step {
  /** Name of its title in the texts. */
  readonly kind: keyof Texts['snippets']['steps'];
  readonly write: (writer: CodeWriter, texts: CodeTexts) => string;
}

export type StepServices = Pick<
  PortalServices,
  'authorizeUrl' | 'tokenUrl' | 'issuer' | 'apis' | 'rules' | 'guarded' | 'policy'
>;

/** Returns the scopes of the application's APIs that can be granted, as the parameter of a request. */
const scopeFields = (
  { texts }: UserVisit,
  client: SnippetKey,
  tokenFor: TokenFor,
  services: StepServices,
): readonly LiteralField[] => {
  const names = client.application.subscriptions.flatMap((api) => services.guarded.ofApi(api));
  const open = [...new Set(names)].filter(
    (name) => whyNotGranted(name, { client, tokenFor }, services, texts) === undefined,
  );
  return open.length === 0 ? [] : [['scope', open.join(' ')]];
};

const mayUse = ({ grantTypes, public: isPublic }: OwnApplication, grantType: GrantType): boolean =>
  (grantTypes === undefined || grantTypes.includes(grantType)) && (!isPublic || PUBLIC_GRANT_TYPES.includes(grantType));

/** Lists how a key gets tokens by the grant types that its application may use. */
const tokenSteps = (visit: UserVisit, key: SnippetKey, tokenUrl: string, services: StepServices): readonly Step[] => {
  const requests = new TokenRequests(key, tokenUrl);
  const userScope = scopeFields(visit, key, { kind: 'user', roles: visit.user.roles }, services);
  const clientScope = scopeFields(visit, key, { kind: 'client' }, services);
  const step = (kind: 'client_credentials' | 'password' | 'refresh_token', fields: readonly Field[]): Step => {
    const request = requests.of([['grant_type', kind], ...fields]);
    return { kind, write: (writer, texts) => writer.token(request, texts) };
  };
  const { authorizeUrl } = services;
  const code = authorizeUrl === undefined ? undefined : codeRequest(requests, key, authorizeUrl, userScope);
  const codeStep: readonly Step[] =
    code === undefined ? [] : [{ kind: 'authorization_code', write: (writer, texts) => writer.code(code, texts) }];
  const password: Field = ['password', { variable: 'PASSWORD' }];
  const all: readonly Step[] = [
    step('client_credentials', clientScope),
    step('password', [['username', visit.user.username], password, ...userScope]),
    ...codeStep,
    step('refresh_token', [['refresh_token', { variable: 'REFRESH_TOKEN' }]]),
  ];
  return all.filter(({ kind }) => kind !== 'call' && mayUse(key.application, kind));
};

/** Lists what a key can do: get tokens, and call the first API of its application. */
export const stepsFor = (visit: UserVisit, key: SnippetKey, services: StepServices): readonly Step[] => {
  const { tokenUrl, apis, issuer } = services;
  const api = key.application.subscriptions.map((name) => apis.get(name)).find((known) => known !== undefined);
  const request = api && apiRequest(api, issuer.origin);
  const call: readonly Step[] =
    request === undefined ? [] : [{ kind: 'call', write: (writer, texts) => writer.call(request, texts) }];
  return [...(tokenUrl === undefined ? [] : tokenSteps(visit, key, tokenUrl, services)), ...call];
};
