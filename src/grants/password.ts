import { areCredentials } from '../directory/passwords';
import { OAuthError } from '../protocol/errors';
import { requireParameter } from '../protocol/parameters';
import type { IssueRequest } from '../tokens/new-grant';
import { refreshTokenFor } from './allowed-grants';
import type { GrantHandler, GrantServices } from './grant-handler';
import { decideRights, requestedValuesIn } from './requested-rights';

const malformed = (): OAuthError =>
  new OAuthError('invalid_request', 'The user name or the password is malformed or too long.');

/**
 * The resource owner password credentials grant, RFC 6749 §4.3. RFC 9700 §2.4 forbids its use; it is here for systems
 * that still need it.
 */
export const passwordGrant =
  (services: GrantServices): GrantHandler =>
  async ({ client, parameters, address }) => {
    const { directory, owners, policy, tokens } = services;
    const username = requireParameter(parameters, 'username');
    const password = requireParameter(parameters, 'password');
    if (!areCredentials(username, password)) throw malformed();
    // Checks that depend on the request alone come before the password, so that they reveal nothing about it.
    const { offered, ...target } = decideRights(services, client, requestedValuesIn(parameters));
    const owner = await owners.authenticate({ username, password, client, address });
    const request: IssueRequest = {
      occasion: 'password',
      clientId: client.clientId,
      subject: owner.subject,
      ...(owner.organization === undefined ? {} : { organization: owner.organization }),
      environment: client.environment,
      ...target,
      scopes: offered.forUser(owner.roles),
      subscriptions: policy.subscriptionsOf(client),
      refreshToken: refreshTokenFor(client),
    };
    return tokens.issue(request, async () => {
      const unchanged = await Promise.all([owner.isUserUnchanged(), directory.isClientUnchanged(client)]);
      return unchanged.every(Boolean);
    });
  };
