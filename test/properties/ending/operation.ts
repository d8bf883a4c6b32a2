import type { ClientKey, OrganizationKey, Roles, Scopes, UserName } from './names';

export type GateName = 'A' | 'B';

export type OrganizationOperation = {
  readonly do: 'createOrganization' | 'disableOrganization' | 'enableOrganization' | 'removeOrganization';
  readonly at: GateName;
  readonly organization: OrganizationKey;
};

export type UserOperation = {
  readonly at: GateName;
  readonly user: UserName;
} & (
  | { readonly do: 'createUser' | 'setRoles'; readonly roles: Roles }
  | { readonly do: 'disableUser' | 'enableUser' | 'removeUser' | 'setPassword' | 'revokeUser' | 'listGrants' }
);

export type ApplicationOperation = {
  readonly at: GateName;
  readonly key: ClientKey;
} & (
  | { readonly do: 'createApplication'; readonly organization: OrganizationKey }
  | { readonly do: 'setScopes'; readonly scopes: Scopes | undefined }
  | { readonly do: 'revokeSecret'; readonly which: number }
  | {
      readonly do:
        | 'disableApplication'
        | 'enableApplication'
        | 'removeApplication'
        | 'addSecret'
        | 'revokeClient'
        | 'askForItself';
    }
);

/** The last password or secret, or one that must be refused. */
export type Text = 'present' | 'former';

/** A sign-in at the token endpoint, or without a password by a management call. */
export type SignInOperation = {
  readonly at: GateName;
  readonly key: ClientKey;
  readonly user: UserName;
} & ({ readonly do: 'signIn'; readonly password: Text; readonly secret: Text } | { readonly do: 'issue' });

/** `grant` counts back from the last one. */
export type GrantOperation = {
  readonly at: GateName;
  readonly grant: number;
} & (
  | { readonly do: 'refresh' }
  | { readonly do: 'introspect'; readonly kind: 'access' | 'refresh' }
  | { readonly do: 'revokeToken'; readonly kind: 'access' | 'refresh'; readonly by: 'client' | 'operator' }
);

/** Every access token is sent to the guard of a gate, or every refresh token to its token endpoint. */
export type SweepOperation = { readonly do: 'useAll' | 'refreshAll'; readonly at: GateName };

/** A change of what is declared. */
export type Change =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'organizationDeclared' | 'organizationRemoved';
      readonly organization: OrganizationKey;
    }
  | { readonly kind: 'userDeclared'; readonly user: UserName; readonly roles: Roles }
  | { readonly kind: 'userRemoved' | 'passwordChanged' | 'rolesRemoved'; readonly user: UserName }
  | { readonly kind: 'applicationDeclared'; readonly key: ClientKey; readonly organization: OrganizationKey }
  | {
      readonly kind: 'applicationRemoved' | 'applicationMoved' | 'secretChanged' | 'scopesNarrowed';
      readonly key: ClientKey;
    };

/**
 * `restart` restarts both gates with changed declarations: both are down at some time, or one after the other.
 * `restartOne` restarts a gate as it was. `guardOnly` restarts B without any declarations, as a process that only guards.
 */
export type RestartOperation =
  | { readonly do: 'restart'; readonly order: 'together' | 'rolling'; readonly change: Change }
  | { readonly do: 'restartOne'; readonly at: GateName }
  | { readonly do: 'guardOnly' };

export type Operation =
  | OrganizationOperation
  | UserOperation
  | ApplicationOperation
  | SignInOperation
  | GrantOperation
  | SweepOperation
  | RestartOperation;
