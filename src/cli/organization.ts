import type { Organization } from '../directory/records';
import { Problem } from './failure';
import { nearestOf } from './nearest';
import type { OperatorGate } from './operator-gate';

/** An organization as commands print it. */
export type ListedOrganization = Organization & {
  /** True if a gate declares the organization in its options. */
  readonly declared: boolean;
};

/** Yields all organizations: those created at run time, then those that gates declare. */
export async function* listOrganizations({
  gate: { directory },
}: Pick<OperatorGate, 'gate'>): AsyncGenerator<ListedOrganization> {
  for await (const organization of directory.organizations.list()) yield { ...organization, declared: false };
  for await (const organization of directory.organizations.listDeclaredElsewhere()) {
    yield { ...organization, declared: true };
  }
}

/** Finds the organization that a command is about. @throws Problem if there is none */
export const findExistingOrganization = async (opened: OperatorGate, key: string): Promise<ListedOrganization> => {
  const known: string[] = [];
  for await (const organization of listOrganizations(opened)) {
    if (organization.key === key.toLowerCase()) return organization;
    known.push(organization.key);
  }
  throw new Problem(`There is no organization with this key${nearestOf(key, known)}`);
};
