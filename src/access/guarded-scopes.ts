import { scopesOfApi, type Api } from './api';

/** The scopes that guards require: those of each API, and those that are named outside of APIs. */
export class GuardedScopes {
  readonly #ofApi: ReadonlyMap<string, Set<string>>;
  readonly #outside = new Set<string>();
  #isGuardedOutside = false;

  constructor(apis: Iterable<Api>) {
    this.#ofApi = new Map([...apis].map((api) => [api.name, new Set(scopesOfApi(api))]));
  }

  /** Adds the scopes of a guard for a single route of an API. Guards are created before requests arrive. */
  addToApi(api: string, scopes: readonly string[]): void {
    for (const scope of scopes) this.#ofApi.get(api)?.add(scope);
  }

  /** Adds the scopes of a guard outside of APIs; none if it accepts any live token. */
  addOutside(scopes: readonly string[]): void {
    this.#isGuardedOutside = true;
    for (const scope of scopes) this.#outside.add(scope);
  }

  /** Checks whether there are any APIs. */
  get hasApis(): boolean {
    return this.#ofApi.size > 0;
  }

  /** Checks whether there is a resource outside of APIs: a guard protects one, or there are no APIs. */
  get hasOutside(): boolean {
    return this.#isGuardedOutside || !this.hasApis;
  }

  isApi(name: string): boolean {
    return this.#ofApi.has(name);
  }

  ofApi(name: string): readonly string[] {
    return [...(this.#ofApi.get(name) ?? [])];
  }

  get outside(): ReadonlySet<string> {
    return this.#outside;
  }

  /** Returns the APIs that require a scope. */
  apisNeeding(scope: string): readonly string[] {
    return [...this.#ofApi].filter(([, scopes]) => scopes.has(scope)).map(([api]) => api);
  }

  /**
   * Checks whether subscriptions give access to a scope: one to an API that requires it does. If there are no APIs, and
   * for scopes of routes outside of them, no subscription is needed; a scope that nothing requires is covered by no
   * subscription.
   */
  isCovered(scope: string, subscriptions: readonly string[]): boolean {
    if (!this.hasApis) return true;
    const needing = this.apisNeeding(scope);
    return needing.length === 0 ? this.#outside.has(scope) : needing.some((api) => subscriptions.includes(api));
  }
}
