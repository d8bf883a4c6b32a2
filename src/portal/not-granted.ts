import type { OwnClient } from './own-applications';
import { html, type Html } from './html';
import type { PortalServices } from './services';

/** Why a scope that was asked for is not in a token, in a sentence for the one who asked. */
export const whyLeftOut = (
  scope: string,
  { application }: OwnClient,
  { policy, guarded, rules, apis }: Pick<PortalServices, 'policy' | 'guarded' | 'rules' | 'apis'>,
): Html => {
  const barrier = policy.barrierOf(scope, application);
  if (barrier === 'application') return html`the operator has given this application a list of scopes without it`;
  if (barrier === 'subscription') {
    const needing = guarded.apisNeeding(scope).map((name) => apis.get(name)?.title ?? name);
    return needing.length === 0
      ? html`no API needs it, so it is only for applications that the operator lists it for`
      : html`${application.name} does not subscribe to ${needing.join(' or ')}`;
  }
  const roles = rules.rolesOf(scope);
  return html`it needs ${roles.length === 1 ? 'the role' : 'one of the roles'} ${roles.join(', ')}`;
};
