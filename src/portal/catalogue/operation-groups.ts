import type { Operation } from '../../access/operation';
import type { ShownOperation } from './operation-section';

/** Operations with the same first tag. */
export interface OperationGroup {
  /** `undefined` for operations without a tag. */
  readonly tag: string | undefined;
  readonly operations: readonly ShownOperation[];
}

const anchorOf = ({ method, path }: Operation): string =>
  `${method} ${path}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .replace(/-$/, '');

/** Groups operations by their first tag, in the order of the declaration; those without a tag are the last group. */
export const groupOperations = (operations: readonly Operation[]): readonly OperationGroup[] => {
  const anchors = new Map<string, number>();
  const groups = new Map<string | undefined, ShownOperation[]>();
  for (const operation of operations) {
    const [tag] = operation.tags;
    const anchor = anchorOf(operation);
    const before = anchors.get(anchor) ?? 0;
    anchors.set(anchor, before + 1);
    const group = groups.get(tag) ?? [];
    // A prefix, because the fragment must not be the id of another element of the page.
    group.push({ operation, anchor: `op-${anchor}${before === 0 ? '' : `--${before + 1}`}` });
    groups.set(tag, group);
  }
  const listed = [...groups].map(([tag, shown]) => ({ tag, operations: shown }));
  return [...listed.filter(({ tag }) => tag !== undefined), ...listed.filter(({ tag }) => tag === undefined)];
};
