import type { Directory } from '../directory/directory';
import type { Client } from '../directory/records';
import { rules } from '../directory/values';
import { OAuthError } from '../protocol/errors';
import type { RequestProblem } from '../protocol/problems';
import type { Query } from '../protocol/query';
import { isRegisteredRedirect } from '../protocol/redirect-uris';

const RESPONSE_MODES = ['query', 'form_post'] as const;

export type ResponseMode = (typeof RESPONSE_MODES)[number];

/** The client to which the response of an authorization request is sent, and how. */
export interface Recipient {
  readonly client: Client;
  /** As sent, and registered. */
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  readonly state?: string;
}

const MAX_STATE_LENGTH = 2_000;

/** Parameters that determine where the response is sent and to which request it belongs. */
const DECISIVE = ['client_id', 'redirect_uri', 'response_type', 'state'];

const isResponseMode = (text: string): text is ResponseMode => RESPONSE_MODES.some((mode) => mode === text);

const invalid = (description: string, problem?: RequestProblem): OAuthError =>
  new OAuthError('invalid_request', description, problem === undefined ? {} : { problem });

/** Returns the response mode of a request; `query` for an unknown one, so that the fault can be reported. */
const responseModeOf = ({ values }: Query): ResponseMode => {
  const mode = values.get('response_mode') ?? 'query';
  return isResponseMode(mode) ? mode : 'query';
};

/** @throws OAuthError `invalid_request` for an unknown response mode */
export const checkResponseMode = ({ values }: Query): void => {
  const mode = values.get('response_mode');
  if (mode !== undefined && !isResponseMode(mode)) throw invalid('The response_mode must be query or form_post.');
};

const readState = ({ values }: Query): string | undefined => {
  const state = values.get('state');
  if (state !== undefined && (state.length > MAX_STATE_LENGTH || /\p{Cc}/u.test(state))) {
    throw invalid(`The state must have at most ${MAX_STATE_LENGTH} characters, without control characters.`, {
      name: 'state_malformed',
      max: MAX_STATE_LENGTH,
    });
  }
  return state;
};

/**
 * Finds the client and the redirect URI of a request. Every error is shown to the user, because it is not certain that the
 * redirect URI is the client's (RFC 6749 §4.1.2.1).
 * @throws OAuthError `invalid_request`, `invalid_client`; StoreUnavailableError
 */
export const findRecipient = async (query: Query, directory: Directory): Promise<Recipient> => {
  for (const name of DECISIVE) {
    if (query.repeated.has(name))
      throw invalid(`The application sent the parameter ${name} more than once.`, {
        name: 'parameter_repeated',
        parameter: name,
      });
  }
  const clientId = query.values.get('client_id');
  if (clientId === undefined)
    throw invalid('The application did not send its client_id.', { name: 'client_id_missing' });
  const isPossible = rules.consumerKey.pattern.test(clientId);
  const client = isPossible ? await directory.findFreshEnabledClient({ clientId }) : undefined;
  if (client === undefined) {
    throw new OAuthError(
      'invalid_client',
      'This application is not known here, or it is disabled. The client_id must be its consumer key.',
      { status: 400, problem: { name: 'client_unknown' } },
    );
  }
  const redirectUri = query.values.get('redirect_uri');
  if (redirectUri === undefined)
    throw invalid('The application did not send its redirect_uri.', { name: 'redirect_uri_missing' });
  if (!isRegisteredRedirect(redirectUri, client.application.redirectUris ?? [])) {
    throw invalid(
      'The redirect_uri is not one that is registered for this application. Send a registered one, byte for byte, or register this one.',
      { name: 'redirect_uri_unregistered' },
    );
  }
  const state = readState(query);
  return { client, redirectUri, responseMode: responseModeOf(query), ...(state === undefined ? {} : { state }) };
};
