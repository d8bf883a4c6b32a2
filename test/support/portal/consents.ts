import type { Consent } from '../../../src/consents/consent-store';
import { Consents } from '../../../src/consents/consents';
import { systemClock } from '../../../src/protocol/time';
import { SharedMemory } from '../../../src/stores/memory/shared-memory';
import type { IssuedTokens } from '../../../src/tokens/issued-tokens';
import { createTokenService } from '../../../src/tokens/token-service';
import { ignoreEvents as emit } from '../gate/ignored-events';
import { ANA, servePortal, type ServedPortal } from './served-portal';

const lifetimes = { accessTokenLifetime: 600, refreshTokenLifetime: 600, grantLifetime: 600, refreshGrace: 10 };

export interface TestConsent {
  /** @default that of Ana */
  readonly subject?: string;
  /** @default the declared application */
  readonly applicationId?: string;
  /** @default none */
  readonly resources?: readonly string[];
  /** @default `['read']` */
  readonly granted?: readonly string[];
  /** @default `['read', 'update']` */
  readonly asked?: readonly string[];
}

/** Consents of users of a portal, as the authorization endpoint stores them, and tokens that were issued under them. */
export interface GivenConsents {
  readonly consents: Consents;
  give(consent?: TestConsent): Promise<Consent>;
  /** Issues tokens of the declared application for Ana. @param audience is the only resource that accepts them */
  issueUnder(consent: Consent, audience?: string): Promise<IssuedTokens>;
}

/** A portal, and consents in its store. */
export const portalWithConsents = async (
  options: Parameters<typeof servePortal>[0] = {},
): Promise<GivenConsents & { readonly portal: ServedPortal }> => {
  const memory = new SharedMemory();
  const portal = await servePortal({ memory, ...options });
  const stores = memory.open(systemClock);
  const consents = new Consents(stores.consents, systemClock, 10_000);
  const tokens = createTokenService(stores.tokens, { lifetimes, clock: systemClock, emit });
  return {
    portal,
    consents,
    give: async ({
      subject = ANA.username,
      applicationId = 'key',
      resources = [],
      granted = ['read'],
      asked = ['read', 'update'],
    } = {}) => {
      const given = await consents.decide(
        { subject, application: { id: applicationId }, resources },
        { asked, granted },
      );
      if (given === 'limited') throw new Error('the user has too many consents');
      return given;
    },
    issueUnder: ({ id, granted }, audience) =>
      tokens.issue(
        {
          occasion: 'authorization_code',
          clientId: 'key',
          subject: ANA.username,
          organization: 'johnsorg',
          consent: id,
          environment: 'production',
          scopes: granted,
          subscriptions: ['orders'],
          ...(audience === undefined ? {} : { audience }),
          refreshToken: 'issue',
        },
        async () => true,
      ),
  };
};
