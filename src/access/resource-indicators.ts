import { OAuthError } from '../protocol/errors';
import type { Api } from './api';
import type { GuardedScopes } from './guarded-scopes';

/** A resource of this server that a request names (RFC 8707 §2). */
export interface ResourceIndicator {
  /** As in the metadata: the only spelling that is stored and compared. */
  readonly identifier: string;
  /** Name of the API; `undefined` for everything that is guarded outside of APIs. */
  readonly api: string | undefined;
}

const MAX_RESOURCES = 20;
const MAX_LENGTH = 2_000;

// Printable ASCII only: other letters may become ASCII in lower case.
const ABSOLUTE = /^([a-z][a-z0-9+.-]*:\/\/[\x21\x22\x24-\x2E\x30-\x3E\x40-\x7E]+)(\/[\x21-\x7E]*)?$/i;

const unknownTarget = (): OAuthError =>
  new OAuthError(
    'invalid_target',
    'The resource is not one of this server: send one of the identifiers in its metadata.',
  );

const severalTargets = (): OAuthError =>
  new OAuthError('invalid_target', 'An access token is for one resource: send one value of resource.');

/**
 * Returns the identifier that a text spells: scheme and host in lower case, and no path in place of `/`. Nothing else is
 * normalized, so that two gates never disagree about a resource.
 */
const canonicalOf = (text: string): string | undefined => {
  const [, origin, path = ''] = (text.length <= MAX_LENGTH ? ABSOLUTE.exec(text) : undefined) ?? [];
  return origin && origin.toLowerCase() + (path === '/' ? '' : path);
};

/**
 * The identifiers of the protected resources: the issuer's origin followed by the context of an API, or the origin alone
 * for everything that is guarded outside of APIs.
 */
export class ResourceIndicators {
  readonly #origin: string;
  readonly #guarded: GuardedScopes;
  readonly #ofApis: ReadonlyMap<string, ResourceIndicator>;

  /** @param origin of the issuer */
  constructor(origin: string, apis: Iterable<Pick<Api, 'name' | 'context'>>, guarded: GuardedScopes) {
    this.#origin = origin;
    this.#guarded = guarded;
    const indicators = [...apis].map(({ name, context }) => ({ identifier: origin + context, api: name }));
    this.#ofApis = new Map(indicators.map((indicator) => [indicator.identifier, indicator]));
  }

  /** Returns the identifiers of the resources that exist. */
  identifiers(): readonly string[] {
    return this.#guarded.hasOutside ? [this.#origin, ...this.#ofApis.keys()] : [...this.#ofApis.keys()];
  }

  /**
   * Reads the values of `resource`, each resource once.
   * @throws OAuthError `invalid_target` if one of them is not a resource of this server
   */
  read(values: readonly string[]): readonly ResourceIndicator[] {
    if (values.length > MAX_RESOURCES) throw unknownTarget();
    const indicators = new Map<string, ResourceIndicator>();
    for (const value of values) {
      const indicator = this.find(canonicalOf(value) ?? '');
      if (indicator === undefined) throw unknownTarget();
      indicators.set(indicator.identifier, indicator);
    }
    return [...indicators.values()];
  }

  /**
   * Reads the resource of a token request: an access token is for one.
   * @returns `undefined` if none is named
   * @throws OAuthError `invalid_target` as `read`, and for more than one
   */
  readOne(values: readonly string[]): ResourceIndicator | undefined {
    const [resource, ...more] = this.read(values);
    if (more.length > 0) throw severalTargets();
    return resource;
  }

  /** Returns the resource with an identifier as `read` returns it, or `undefined` if there is none any more. */
  find(identifier: string): ResourceIndicator | undefined {
    if (identifier === this.#origin && this.#guarded.hasOutside) return { identifier, api: undefined };
    return this.#ofApis.get(identifier);
  }

  /** Returns the scopes that the guards of these resources name, each once. */
  scopesOf(resources: readonly Pick<ResourceIndicator, 'api'>[]): readonly string[] {
    const scopes = resources.flatMap(({ api }) =>
      api === undefined ? [...this.#guarded.outside] : this.#guarded.ofApi(api),
    );
    return [...new Set(scopes)];
  }
}
