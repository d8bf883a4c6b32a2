import type { ImportedScope } from '../imported-gateway';
import { isScopeName, label } from '../names';
import type { ImportReport } from '../report';
import type { SourceNode } from '../source-node';

const MAX_DESCRIPTION = 500;
const MAX_ROLE = 128;

const readRoles = (scope: SourceNode, report: ImportReport): readonly string[] => {
  const bindings = scope.get('bindings');
  const nodes = bindings.peek('values').isPresent ? bindings.get('values').items() : bindings.items();
  bindings.ignore('type');
  const listed = nodes.flatMap((node) => node.text() ?? []);
  const joined = (scope.get('roles').isPresent ? scope.get('roles').texts() : []).flatMap((text) => text.split(','));
  const roles = [...listed, ...joined].map((role) => role.trim()).filter((role) => role !== '');
  const valid = roles.map((role) => role.replace(/[\p{C}\p{Z}]+/gu, '_').slice(0, MAX_ROLE));
  if (valid.some((role, index) => role !== roles[index])) {
    report.gap(
      scope,
      'A role has a name that is not possible here; white space became _',
      'Give the users the role with its new name',
    );
  }
  return [...new Set(valid)];
};

/** The scopes of all APIs. A scope is declared once for all of them, here as there. */
export class Wso2Scopes {
  readonly #report: ImportReport;
  readonly #scopes = new Map<string, ImportedScope>();

  constructor(report: ImportReport) {
    this.#report = report;
  }

  /** Adds a scope that an API declares. */
  declare(entry: SourceNode): void {
    const scope = entry.map().peek('scope').isPresent ? entry.get('scope').map() : entry;
    entry.ignore('shared');
    scope.ignore('id', 'displayName', 'usageCount');
    const name = (scope.peek('key').isPresent ? scope.get('key') : scope.get('name')).text();
    scope.ignore('name');
    const description = label(scope.get('description').text(), MAX_DESCRIPTION);
    const roles = readRoles(scope, this.#report);
    if (name === undefined || !isScopeName(name)) {
      this.#report.gap(scope, 'The scope has a name that is not possible here', 'Choose another name');
      return;
    }
    const known = this.#scopes.get(name);
    if (known !== undefined && JSON.stringify(known.roles ?? []) !== JSON.stringify(roles)) {
      this.#report.gap(
        scope,
        `The scope ${name} is declared twice with different roles; the first was taken`,
        'Check its roles',
      );
    }
    if (known !== undefined) return;
    this.#scopes.set(name, {
      ...(description === undefined ? {} : { description }),
      ...(roles.length === 0 ? {} : { roles }),
    });
    this.#report.take(scope, `scopes.${name}`);
  }

  /** Adds scopes that an operation requires. */
  require(names: readonly string[], node: SourceNode): void {
    for (const name of names) {
      if (this.#scopes.has(name)) continue;
      this.#scopes.set(name, {});
      this.#report.gap(
        node,
        `The scope ${name} is not declared, so every user may have it`,
        `Give scopes.${name} roles`,
      );
    }
  }

  get all(): Readonly<Record<string, ImportedScope>> {
    return Object.fromEntries(this.#scopes);
  }
}
