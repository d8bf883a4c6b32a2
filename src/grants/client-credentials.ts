import { OAuthError } from '../protocol/errors';
import type { Seconds } from '../protocol/time';
import type { GrantHandler, GrantServices } from './grant-handler';
import { decideRights, requestedValuesIn } from './requested-rights';

/** Reads `validity_period`, a parameter of API managers: a whole number of seconds, clipped to the maximum. */
const readLifetime = (text: string, max: Seconds): Seconds => {
  if (!/^[0-9]+$/.test(text) || Number(text) === 0) {
    throw new OAuthError('invalid_request', 'validity_period must be a whole number of seconds, at least 1.');
  }
  return Math.min(Number(text), max);
};

/** The client credentials grant, RFC 6749 §4.4: no user, no refresh token. */
export const clientCredentialsGrant =
  (services: GrantServices): GrantHandler =>
  async ({ client, parameters }) => {
    const { directory, policy, tokens, maxAccessTokenLifetime } = services;
    const validityPeriod = parameters.get('validity_period');
    const lifetime = validityPeriod === undefined ? undefined : readLifetime(validityPeriod, maxAccessTokenLifetime);
    const { offered, ...target } = decideRights(services, client, requestedValuesIn(parameters));
    const { organization } = client.application;
    return tokens.issue(
      {
        occasion: 'client_credentials',
        clientId: client.clientId,
        ...(organization === undefined ? {} : { organization }),
        environment: client.environment,
        ...target,
        scopes: offered.forClientItself(),
        subscriptions: policy.subscriptionsOf(client),
        ...(lifetime === undefined ? {} : { lifetime }),
        refreshToken: 'none',
      },
      () => directory.isClientUnchanged(client),
    );
  };
