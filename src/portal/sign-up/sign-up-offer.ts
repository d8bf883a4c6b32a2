import type { Organization } from '../../directory/records';
import { normalKey } from '../../directory/usernames';
import { refuseValue } from '../../directory/values';
import type { PortalServices } from '../services';

type OfferServices = Pick<PortalServices, 'signUp' | 'directory'>;

/** The organizations that a visitor may join. `none`: accounts without an organization. `closed`: no accounts. */
export type SignUpOffer = readonly Organization[] | 'none' | 'closed';

/** Returns what the sign-up page offers: of the listed organizations, those that exist and are enabled. */
export const findSignUpOffer = async ({ signUp, directory }: OfferServices): Promise<SignUpOffer> => {
  if (typeof signUp === 'boolean') return signUp && (await directory.organizations.isEmpty()) ? 'none' : 'closed';
  // All in this tick, to share a round trip.
  const listed = await Promise.all(signUp.organizations.map((key) => directory.organizations.find(key)));
  const offered = listed.flatMap((organization) => (organization?.enabled === true ? [organization] : []));
  return offered.length === 0 ? 'closed' : offered;
};

/** Checks whether an administrator must approve new users. */
export const hasSignUpApproval = ({ signUp }: Pick<PortalServices, 'signUp'>): boolean =>
  typeof signUp === 'object' && signUp.approval === true;

/**
 * Returns the organization that a new user joins; `undefined` if the portal lists none. Every other organization is
 * refused in the same way, whether it exists or not.
 * @throws DirectoryError `ERR_SCOPEGATE_VALUE`
 */
export const findJoinedOrganization = async (
  { signUp, directory }: OfferServices,
  given: string | undefined,
): Promise<string | undefined> => {
  if (typeof signUp === 'boolean') return undefined; // if there are organizations, the user is not created
  const key = normalKey((given ?? '').trim());
  if (key === undefined || !signUp.organizations.includes(key)) {
    return refuseValue(
      `organization must be one of these: ${signUp.organizations.join(', ')}. For another one, ask its administrator for an account`,
      { name: 'organization_not_offered', offered: signUp.organizations },
    );
  }
  const organization = await directory.organizations.find(key);
  return organization?.enabled === true
    ? key
    : refuseValue('organization does not accept new accounts at the moment', { name: 'organization_closed' });
};
