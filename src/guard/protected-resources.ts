import type { Api } from '../access/api';
import type { GuardedScopes } from '../access/guarded-scopes';
import type { ResourceIndicators } from '../access/resource-indicators';
import { protectedResourceMetadata, wellKnownPath, type IssuerAddress } from '../protocol/metadata';
import { PlanCounters } from './plan-counters';
import { planPolicies } from './policies';
import type { ProtectedResource } from './protected-resource';
import type { Dialect } from './refusal-bodies';
import { createRefusals, type Refusals } from './refusals';

export interface ProtectedResourcesOptions {
  readonly issuer: IssuerAddress;
  readonly realm: string;
  readonly dialect: Dialect;
  readonly apis: ReadonlyMap<string, Api>;
  readonly scopes: GuardedScopes;
  readonly indicators: ResourceIndicators;
  /** True if the metadata of these resources is mounted, so that challenges may point to it. */
  readonly hasMetadata: boolean;
}

/** Metadata of one protected resource, and its path from the root of the host. */
export interface ResourceDocument {
  readonly path: string;
  /** Returns `undefined` until a guard protects the resource. */
  readonly describe: () => object | undefined;
}

/** The protected resources of a gate (RFC 9728): one per API, and one for everything guarded outside of APIs. */
export class ProtectedResources {
  /** The protected resource of guards outside of APIs. */
  readonly outsideApis: ProtectedResource;
  readonly #options: ProtectedResourcesOptions;
  readonly #ofApi: ReadonlyMap<string, ProtectedResource>;

  constructor(options: ProtectedResourcesOptions) {
    this.#options = options;
    this.outsideApis = {
      identifier: this.#identifierAt(''),
      refusals: this.#refusalsAt(''),
      note: (scopes) => options.scopes.addOutside(scopes),
    };
    this.#ofApi = new Map([...options.apis.values()].map((api) => [api.name, this.#createOfApi(api)]));
  }

  ofApi(name: string): ProtectedResource | undefined {
    return this.#ofApi.get(name);
  }

  /** Returns the identifiers of the resources that exist. */
  identifiers(): readonly string[] {
    return this.#options.indicators.identifiers();
  }

  documents(): readonly ResourceDocument[] {
    const { issuer, apis, scopes } = this.#options;
    const ofApis = [...apis.values()].map(({ name, title, context }) => ({
      path: wellKnownPath('oauth-protected-resource', context),
      describe: () =>
        protectedResourceMetadata({
          resource: this.#identifierAt(context),
          issuer,
          scopes: scopes.ofApi(name),
          name: title,
        }),
    }));
    const outsideApis = {
      path: wellKnownPath('oauth-protected-resource', ''),
      describe: () =>
        scopes.hasOutside
          ? protectedResourceMetadata({ resource: this.#identifierAt(''), issuer, scopes: [...scopes.outside] })
          : undefined,
    };
    return [outsideApis, ...ofApis];
  }

  #createOfApi(api: Api): ProtectedResource {
    const refusals = this.#refusalsAt(api.context, api);
    const [first, ...others] = planPolicies(api, refusals.planExceeded);
    return {
      identifier: this.#identifierAt(api.context),
      refusals,
      api,
      ...(first === undefined ? {} : { plans: new PlanCounters(api.name, [first, ...others]) }),
      note: (scopes) => this.#options.scopes.addToApi(api.name, scopes),
    };
  }

  /** Returns the identifier of a resource. `path` as in `#refusalsAt`. */
  #identifierAt(path: string): string {
    return this.#options.issuer.origin + path;
  }

  /** Creates the refusals of a resource. `path` is its own path, from the root of the host. */
  #refusalsAt(path: string, api?: Pick<Api, 'websocket'>): Refusals {
    const { issuer, realm, dialect, hasMetadata } = this.#options;
    const style = { realm, dialect, websocket: api?.websocket === true };
    const resourceMetadata = issuer.origin + wellKnownPath('oauth-protected-resource', path);
    return createRefusals({ ...style, ...(hasMetadata ? { resourceMetadata } : {}) });
  }
}
