/** A resource as the gateway's file declares it. */
export interface ImportedResource {
  readonly path: string;
  readonly methods: readonly string[];
  readonly scopes?: readonly string[];
  readonly anyOf?: readonly string[];
  readonly public?: true;
  readonly limit?: ImportedLimit;
}

export interface ImportedAllowance {
  readonly requests: number;
  /** Seconds. */
  readonly per: number;
}

export interface ImportedLimit extends ImportedAllowance {
  readonly by: 'application' | 'user' | 'address';
}

/** Milliseconds. */
export interface ImportedTimeouts {
  readonly response?: number;
  readonly idle?: number;
}

export interface ImportedApi {
  readonly title?: string;
  readonly version?: string;
  readonly context: string;
  /** One address or several, each without a query or credentials. */
  readonly upstreams: readonly string[];
  readonly sandbox?: readonly string[];
  readonly plans?: readonly string[];
  readonly websocket?: true;
  readonly timeouts?: ImportedTimeouts;
  readonly resources: readonly ImportedResource[];
}

export interface ImportedScope {
  readonly description?: string;
  readonly roles?: readonly string[];
}

export interface ImportedUser {
  readonly username: string;
  readonly password: string;
}

interface KeyPair {
  readonly consumerKey: string;
  readonly consumerSecret: string;
}

export interface ImportedApplication extends KeyPair {
  readonly name: string;
  readonly owner?: string;
  readonly sandbox?: KeyPair;
  readonly grantTypes?: readonly string[];
  readonly redirectUris?: readonly string[];
  readonly subscriptions: readonly (string | { readonly api: string; readonly plan: string })[];
}

/** The contents of a gateway file. */
export interface ImportedGateway {
  readonly listen: { readonly host: string; readonly port: number | string };
  readonly redis?: string | Readonly<Record<string, unknown>>;
  readonly log?: { readonly access: true };
  readonly errors?: 'wso2';
  readonly cors?: true | Readonly<Record<string, unknown>>;
  readonly paths?: Readonly<Record<string, string>>;
  readonly tokens?: Readonly<Record<string, number>>;
  readonly plans?: Readonly<Record<string, ImportedAllowance>>;
  readonly scopes: Readonly<Record<string, ImportedScope>>;
  readonly apis: Readonly<Record<string, ImportedApi>>;
  readonly users?: readonly ImportedUser[];
  readonly applications?: readonly ImportedApplication[];
}
