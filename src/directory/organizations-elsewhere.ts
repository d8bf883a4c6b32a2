import { noneElsewhere, type DeclaredElsewhere } from './declared-elsewhere';
import { registrationKey } from './own-declaration';
import type { Organization } from './records';
import type { Registry } from './registry';

const organizationOf = (key: string): Organization => ({ key, enabled: true });

/** Creates the organizations that only other gates declare. They cannot be disabled at run time. */
export const createOrganizationsElsewhere = (registry: Registry): DeclaredElsewhere<Organization> => ({
  ...noneElsewhere,
  findFresh: async (key) => {
    const registration = await registry.findFreshElsewhere(registrationKey('organization', key));
    return registration && organizationOf(registration.name);
  },
  async *list() {
    for await (const { name } of registry.listElsewhere('organization')) yield organizationOf(name);
  },
});
