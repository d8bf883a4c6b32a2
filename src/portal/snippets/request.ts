import { isLoopbackHost } from '../../pages/origin';

/** A value in code: a literal, or a variable of the environment, such as a secret. */
export type Value = string | { readonly variable: string };

export type Field = readonly [name: string, value: Value];

export type LiteralField = readonly [name: string, value: string];

/** A token request (RFC 6749). */
export interface TokenRequest {
  readonly url: string;
  /** True if the client authenticates with Basic; its id and secret are variables. */
  readonly isBasic: boolean;
  /** Parameters of the body. */
  readonly fields: readonly Field[];
}

/** A request to an API, with an access token in a variable. */
export interface ApiRequest {
  readonly method: string;
  readonly url: string;
}

/** An authorization request with PKCE (RFC 7636), and the token request that redeems its code. */
export interface CodeRequest {
  /** Without `state` and `code_challenge`, which are different for each sign-in. */
  readonly authorizationUrl: string;
  readonly exchange: TokenRequest;
}

/** Sentences in code: comments, and what a script prints. */
export interface CodeTexts {
  readonly openAddress: string;
  readonly pasteCode: string;
  readonly selfSigned: string;
}

/** Writes requests as code of one language. */
export interface CodeWriter {
  readonly token: (request: TokenRequest, texts: CodeTexts) => string;
  readonly call: (request: ApiRequest, texts: CodeTexts) => string;
  readonly code: (request: CodeRequest, texts: CodeTexts) => string;
}

export const CONSUMER_KEY: Value = { variable: 'CONSUMER_KEY' };
export const CONSUMER_SECRET: Value = { variable: 'CONSUMER_SECRET' };

/** Checks whether no public authority can have issued the server's certificate: https on a loopback address. */
export const isSelfSigned = (address: string): boolean => {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' && isLoopbackHost(hostname);
};
