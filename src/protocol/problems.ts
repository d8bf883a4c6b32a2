/** Fault of a redirect URI (RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.1). */
export type RedirectUriFault =
  | { readonly name: 'too_long'; readonly max: number }
  | { readonly name: 'fragment' }
  | { readonly name: 'malformed' }
  | { readonly name: 'credentials' }
  | { readonly name: 'wildcard_host' }
  | { readonly name: 'not_https' }
  | { readonly name: 'scheme' }
  | { readonly name: 'spelling'; readonly expected: string }
  | { readonly name: 'response_parameter'; readonly parameter: string };

/** Reason of a DirectoryError that a page shows with its form. The texts of the pages have a sentence for each name. */
export type DirectoryProblem =
  | { readonly name: 'password_malformed' }
  | { readonly name: 'password_too_short'; readonly min: number }
  | { readonly name: 'password_common' }
  | { readonly name: 'password_is_username' }
  | { readonly name: 'username_malformed' }
  | { readonly name: 'organization_not_offered'; readonly offered: readonly string[] }
  | { readonly name: 'organization_closed' }
  | { readonly name: 'organization_missing' }
  | { readonly name: 'name_taken'; readonly by: string }
  | { readonly name: 'field'; readonly field: string }
  | { readonly name: 'disabled_by_operator' }
  | { readonly name: 'own_account' }
  | { readonly name: 'user_disabled' }
  | { readonly name: 'user_changed' }
  | { readonly name: 'sign_up_waits' }
  | { readonly name: 'too_many_sign_ups' }
  | { readonly name: 'too_many_applications'; readonly max: number }
  | { readonly name: 'too_many_secrets'; readonly max: number }
  | { readonly name: 'redirect_uri'; readonly line: number; readonly fault: RedirectUriFault }
  | { readonly name: 'too_many_redirect_uris'; readonly max: number }
  | { readonly name: 'redirect_uris_missing' };

/** Limit on what one network does within an hour. */
export type NetworkLimitName = 'signUpsPerNetwork' | 'authorizationsPerNetwork';

/** Reason of an OAuthError that a page shows. The texts of the pages have a sentence for each name. */
export type RequestProblem =
  | { readonly name: 'too_many_failures' }
  | { readonly name: 'too_many_from_network'; readonly limit: NetworkLimitName; readonly max: number }
  | { readonly name: 'https_required' }
  | { readonly name: 'malformed_address' }
  | { readonly name: 'parameter_repeated'; readonly parameter: string }
  | { readonly name: 'client_id_missing' }
  | { readonly name: 'client_unknown' }
  | { readonly name: 'redirect_uri_missing' }
  | { readonly name: 'redirect_uri_unregistered' }
  | { readonly name: 'state_malformed'; readonly max: number };
