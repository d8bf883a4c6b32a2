import type { RevokeReason } from '../events/gate-events';
import type { Checks, Path } from '../protocol/checks';
import { printValue } from '../protocol/printed-value';
import type { Sessions } from '../sessions/sessions';
import type { TokenService } from '../tokens/token-service';
import { Attempts } from './attempts';
import { changeAndEnd } from './change-and-end';
import type { Directory } from './directory';
import { refuseFormerKey } from './former-organization';
import type { Organization } from './records';
import { normalKey } from './usernames';
import { checkKey, readCall, rules } from './values';

export interface NewOrganization {
  /** The part of a user name after the last `@`: letters, digits, dots, hyphens, underscores. */
  readonly key: string;
  readonly name?: string;
}

/**
 * Organizations separate user names, applications and tokens. Each call may reject with StoreUnavailableError, and one
 * that changes something with DirectoryError `ERR_SCOPEGATE_NOT_FOUND` or `ERR_SCOPEGATE_DECLARED`.
 */
export interface Organizations {
  /**
   * Reads all users in the store, in pages.
   * @throws DirectoryError `ERR_SCOPEGATE_EXISTS`, also if users or applications of a former organization with this key
   *   exist; `ERR_SCOPEGATE_VALUE`
   */
  create(organization: NewOrganization): Promise<Organization>;
  find(key: string): Promise<Organization | undefined>;
  list(): AsyncIterable<Organization>;
  /**
   * Yields the organizations that other gates declare and this one does not; `list` does not include them. Users can be
   * created in them.
   */
  listDeclaredElsewhere(): AsyncIterable<Organization>;
  /** @throws DirectoryError `ERR_SCOPEGATE_DECLARED`, `ERR_SCOPEGATE_NOT_FOUND` */
  enable(key: string): Promise<Organization>;
  /** Refuses its users and applications from now on, and ends the grants and sessions of both. */
  disable(key: string): Promise<Organization>;
  /**
   * Like `disable`, and deletes the organization. Its users and applications stay, refused, until they are removed; until
   * then its key cannot be given again.
   */
  remove(key: string): Promise<void>;
}

export const ORGANIZATION_KEY_RULE = '1 to 64 letters, digits, dots, hyphens or underscores';

/** Reads the key of an organization, declared or created at run time, and returns its normal form. */
export const readOrganizationKey = (checks: Checks, value: unknown, path: Path): string | undefined => {
  const text = checks.required(value, path, rules.key.pattern, ORGANIZATION_KEY_RULE);
  const key = text === undefined ? undefined : normalKey(text);
  if (text !== undefined && key === undefined) {
    checks.fault(path, `must be ${ORGANIZATION_KEY_RULE}; got ${printValue(text)}`);
  }
  return key;
};

const readNewOrganization = (checks: Checks, organization: unknown): NewOrganization | undefined => {
  const fields = checks.fields(organization ?? null, [], ['key', 'name']);
  if (fields === undefined) return undefined;
  const key = readOrganizationKey(checks, fields['key'], ['key']);
  const name = checks.text(fields['name'], ['name'], rules.label.pattern, rules.label.text);
  return key === undefined ? undefined : { key, ...(name === undefined ? {} : { name }) };
};

export interface OrganizationServices {
  readonly directory: Directory;
  readonly tokens: TokenService;
  readonly sessions: Sessions;
}

const keyOf = (key: unknown): string => {
  const text = checkKey(key, 'key');
  return normalKey(text) ?? text;
};

/**
 * Ends the grants and sessions of all users and applications of an organization. All are attempted, even if some fail.
 * @throws the first failure, after all others
 */
export const endGrantsOfOrganization = async (
  services: OrganizationServices,
  key: string,
  because: RevokeReason,
): Promise<void> => {
  const { directory, tokens, sessions } = services;
  const attempts = new Attempts();
  // Every token carries its organization, so this does not depend on the number of users and applications.
  await attempts.attempt(() => tokens.revokeAll({ organization: key }, because));
  await attempts.attempt(async () => {
    for await (const { organization, username } of directory.users.listComplete()) {
      if (organization === key) await attempts.attempt(() => sessions.endAllOf(username));
    }
  });
  attempts.report();
};

export const createOrganizations = (services: OrganizationServices): Organizations => {
  const { organizations } = services.directory;

  const setEnabled = async (key: string, enabled: boolean): Promise<Organization> =>
    organizations.change(keyOf(key), (organization) => ({ ...organization, enabled }));

  const disableAndEnd = async (key: string, because: RevokeReason): Promise<Organization> => {
    const normal = keyOf(key);
    return changeAndEnd(
      () => setEnabled(normal, false),
      () => endGrantsOfOrganization(services, normal, because),
    );
  };

  return {
    create: async (organization) => {
      const { key, name } = readCall((checks) => readNewOrganization(checks, organization));
      // An organization that exists has users; `create` reports it. While it is being removed it exists as well.
      if ((await organizations.findFresh(key)) === undefined) {
        await organizations.refuseRegistered(key);
        await refuseFormerKey(services.directory, key);
        // The new organization inherits no tokens of a former one, however its record was lost.
        await services.tokens.revokeAll({ organization: key }, 'removed');
      }
      return organizations.create(key, { key, ...(name === undefined ? {} : { name }), enabled: true });
    },
    find: async (key) => organizations.findFresh(keyOf(key)),
    list: () => organizations.list(),
    listDeclaredElsewhere: () => organizations.elsewhere.list(),
    enable: (key) => setEnabled(key, true),
    disable: (key) => disableAndEnd(key, 'disabled'),
    remove: async (key) => {
      const { key: normal } = await disableAndEnd(key, 'removed');
      await organizations.remove(normal);
    },
  };
};
