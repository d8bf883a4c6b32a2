import type { OrganizationOperation } from './operation';
import { Principal } from './principal';
import { single, verdictOf, type Step } from './step';
import type { World } from './world';

const create = ({ model }: World, { at, organization }: OrganizationOperation): Step | undefined => {
  const { organizations } = model.directory;
  if (organizations.has(organization)) return undefined;
  const isLeft = model.directory.hasRecordsOf(organization);
  // A former organization's users and applications must not become those of the next one.
  if (!isLeft) organizations.set(organization, { principal: new Principal(), isDeclared: false, isEnabled: true });
  const what = isLeft ? ' again, whose records are left' : '';
  return single(at, `the organization ${organization} is created${what}`, isLeft ? 'refused' : 'done', ({ gate }) =>
    verdictOf(gate.directory.organizations.create({ key: organization }).then(() => 'done')),
  );
};

const change = ({ model }: World, operation: OrganizationOperation): Step | undefined => {
  const { organizations } = model.directory;
  const { at, organization } = operation;
  const record = organizations.get(organization);
  if (record === undefined || record.isDeclared) return undefined;
  switch (operation.do) {
    case 'removeOrganization':
      record.principal.remove();
      organizations.delete(organization);
      return single(at, `the organization ${organization} is removed`, 'done', ({ gate }) =>
        verdictOf(gate.directory.organizations.remove(organization)),
      );
    case 'disableOrganization':
      record.principal.endGrants();
      organizations.set(organization, { ...record, isEnabled: false });
      return single(at, `the organization ${organization} is disabled`, 'done', ({ gate }) =>
        verdictOf(gate.directory.organizations.disable(organization).then(() => 'done')),
      );
    default:
      organizations.set(organization, { ...record, isEnabled: true });
      return single(at, `the organization ${organization} is enabled`, 'done', ({ gate }) =>
        verdictOf(gate.directory.organizations.enable(organization).then(() => 'done')),
      );
  }
};

export const organizationStep = (world: World, operation: OrganizationOperation): Step | undefined =>
  operation.do === 'createOrganization' ? create(world, operation) : change(world, operation);
