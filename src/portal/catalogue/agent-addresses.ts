import { scopesOfApi, type Api } from '../../access/api';
import { wellKnownPath } from '../../protocol/metadata';
import type { PageServices } from '../page-services';

/** The addresses by which an agent finds an API and gets tokens for it; `undefined` for what the gate does not have. */
export interface AgentAddresses {
  /** The resource identifier (RFC 8707 §2), which is also the address of the API. */
  readonly resource: string;
  readonly resourceMetadata: string | undefined;
  readonly serverMetadata: string | undefined;
  readonly authorizeUrl: string | undefined;
  readonly tokenUrl: string | undefined;
  readonly scopes: readonly string[];
}

type Services = Pick<PageServices, 'issuer' | 'authorizeUrl' | 'tokenUrl' | 'hasMetadata'>;

/** All addresses begin with the issuer, because clients compare them with the metadata. */
export const agentAddresses = (api: Api, { issuer, authorizeUrl, tokenUrl, hasMetadata }: Services): AgentAddresses => {
  const { origin, path } = issuer;
  return {
    resource: origin + api.context,
    resourceMetadata: hasMetadata.resource
      ? origin + wellKnownPath('oauth-protected-resource', api.context)
      : undefined,
    serverMetadata: hasMetadata.server ? origin + wellKnownPath('oauth-authorization-server', path) : undefined,
    authorizeUrl,
    tokenUrl,
    scopes: scopesOfApi(api),
  };
};
