import { checkBox } from '../../pages/fields';
import { html, type Html } from '../../pages/html';
import { ADMIN_ROLE } from '../../pages/visitors';
import type { PageServices } from '../page-services';
import type { Visit } from '../visit';

type RoleServices = Pick<PageServices, 'rules'>;

/** A role that an administrator may give, and the scopes that need it. */
interface GivenRole {
  readonly role: string;
  readonly scopes: readonly string[];
}

/** Returns the roles that an administrator may give: `admin`, and those that scopes need. */
const givenRoles = ({ rules }: RoleServices): readonly GivenRole[] => {
  const scopes = new Map<string, string[]>([[ADMIN_ROLE, []]]);
  for (const scope of rules.names) {
    for (const role of rules.rolesOf(scope)) scopes.set(role, [...(scopes.get(role) ?? []), scope]);
  }
  return [...scopes].map(([role, needed]) => ({ role, scopes: needed }));
};

const boxName = (role: string): string => `role:${role}`;

/** Renders a box for each role that an administrator may give. @param present roles of the user */
export const roleBoxes = (
  { texts }: Pick<Visit, 'texts'>,
  services: RoleServices,
  present: readonly string[],
): Html => {
  const given = givenRoles(services);
  const others = present.filter((role) => !given.some((one) => one.role === role));
  const { user, phrases } = texts;
  const hintOf = ({ role, scopes }: GivenRole): string => {
    const forScopes = scopes.length === 0 ? [] : [user.roleHint(phrases.list(scopes))];
    return [...(role === ADMIN_ROLE ? [user.adminHint] : []), ...forScopes].join(' ');
  };
  return html`<fieldset>
    <legend>${user.roles}</legend>
    ${given.map((one) =>
      checkBox({
        name: boxName(one.role),
        label: one.role,
        hint: hintOf(one),
        isChecked: present.includes(one.role),
      }),
    )}
    ${others.length > 0 && html`<p class="hint">${user.otherRoles(phrases.list(others))}</p>`}
  </fieldset>`;
};

/** Reads the roles that a form gives a user. Those that an administrator may not give stay as they are. */
export const rolesIn = (
  { form }: Pick<Visit, 'form'>,
  services: RoleServices,
  present: readonly string[],
): readonly string[] => {
  const given = givenRoles(services).map(({ role }) => role);
  return [...present.filter((role) => !given.includes(role)), ...given.filter((role) => form.has(boxName(role)))];
};
