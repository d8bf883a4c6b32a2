import type { Application, Organization } from './records';

/** A declared user, before its password is hashed. */
export interface DeclaredUser {
  readonly username: string;
  readonly organization?: string;
  readonly roles: readonly string[];
  readonly password: { readonly clear: string } | { readonly hash: string };
}

export interface Declarations {
  readonly organizations: readonly Organization[];
  readonly users: readonly DeclaredUser[];
  readonly applications: readonly Application[];
}
