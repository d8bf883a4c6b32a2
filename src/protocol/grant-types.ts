interface GrantTypeFacts {
  /** The party whose rights the tokens carry; `existing grant` if the type continues a grant of either. */
  readonly actsFor: 'user' | 'client' | 'existing grant';
  /** Parameters besides `grant_type` and those of the client authentication. They are refused in a URL. */
  readonly parameters: Readonly<Record<string, 'required' | 'optional'>>;
}

/** The grant types of the token endpoint (RFC 6749 §1.3). A row needs a handler in `grants/grants.ts`. */
export const GRANTS = {
  password: {
    actsFor: 'user',
    parameters: { username: 'required', password: 'required', scope: 'optional', resource: 'optional' },
  },
  authorization_code: {
    actsFor: 'user',
    parameters: { code: 'required', redirect_uri: 'required', code_verifier: 'required', resource: 'optional' },
  },
  refresh_token: {
    actsFor: 'existing grant',
    parameters: { refresh_token: 'required', scope: 'optional', resource: 'optional' },
  },
  client_credentials: {
    actsFor: 'client',
    parameters: { scope: 'optional', validity_period: 'optional', resource: 'optional' },
  },
} as const satisfies Readonly<Record<string, GrantTypeFacts>>;

export type GrantType = keyof typeof GRANTS;

export type ActsFor = GrantTypeFacts['actsFor'];

/** The grant types that act for one of the given parties. */
export type GrantTypeFor<A extends ActsFor> = {
  [G in GrantType]: (typeof GRANTS)[G]['actsFor'] extends A ? G : never;
}[GrantType];

export const isGrantType = (text: string): text is GrantType => Object.hasOwn(GRANTS, text);

export const GRANT_TYPES: readonly GrantType[] = Object.keys(GRANTS).filter(isGrantType);

/** The grant types of public clients (RFC 6749 §2.1), which cannot authenticate. */
export const PUBLIC_GRANT_TYPES: readonly GrantType[] = ['authorization_code', 'refresh_token'];

/** Returns the grant types that clients can use: a code comes from the authorization endpoint, if that is mounted. */
export const offeredGrantTypes = ({ authorize }: { readonly authorize: string | false }): readonly GrantType[] =>
  GRANT_TYPES.filter((grantType) => grantType !== 'authorization_code' || authorize !== false);

const parametersOf = (grantType: GrantType): readonly (readonly [name: string, necessity: string])[] =>
  Object.entries(GRANTS[grantType].parameters);

const requiredParameters: ReadonlyMap<GrantType, readonly string[]> = new Map(
  GRANT_TYPES.map((grantType) => [
    grantType,
    parametersOf(grantType).flatMap(([name, necessity]) => (necessity === 'required' ? [name] : [])),
  ]),
);

/** Returns the names of the parameters without which a token request is invalid, in the order in which to check them. */
export const requiredParametersOf = (grantType: GrantType): readonly string[] =>
  requiredParameters.get(grantType) ?? [];

/** Names of the parameters of all grant types. */
export const GRANT_PARAMETERS: ReadonlySet<string> = new Set(
  GRANT_TYPES.flatMap((grantType) => parametersOf(grantType).map(([name]) => name)),
);
