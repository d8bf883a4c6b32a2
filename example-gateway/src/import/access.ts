import type { ImportedResource } from './imported-gateway';
import { printTemplate, type Template } from './template';

/** The requirement of a route: none, all of some scopes, or one of them. Without scopes, any live token. */
export type ImportedAccess =
  { readonly kind: 'public' } | { readonly kind: 'all' | 'any'; readonly scopes: readonly string[] };

/** Returns the same text for equal requirements. */
export const accessKey = (access: ImportedAccess): string => {
  if (access.kind === 'public') return 'public';
  if (access.scopes.length === 0) return 'token';
  const kind = access.scopes.length === 1 ? 'all' : access.kind;
  return `${kind} ${[...access.scopes].sort().join(' ')}`;
};

/** Writes a resource. @param skipped the number of segments that are the context */
export const printAccess = (
  template: Template,
  skipped: number,
  methods: readonly string[],
  access: ImportedAccess,
): ImportedResource => {
  const path = printTemplate(template, skipped);
  if (access.kind === 'public') return { path, methods, public: true };
  if (access.scopes.length === 0) return { path, methods };
  return access.kind === 'any' && access.scopes.length > 1
    ? { path, methods, anyOf: access.scopes }
    : { path, methods, scopes: access.scopes };
};
