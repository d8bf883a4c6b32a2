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

/** Number of operations up to which a page shows all in full. */
const MAX_UNFOLDED = 10;

const foldOf = (operations: readonly Operation[], anchor: string, open: string | null): Pick<ShownOperation, 'fold'> =>
  operations.length <= MAX_UNFOLDED ? {} : { fold: anchor === open ? 'open' : 'closed' };

/**
 * Groups operations by their first tag, in the order of the declaration; those without a tag are the last group.
 * @param open anchor of the operation that is not folded away if there are many
 */
export const groupOperations = (
  operations: readonly Operation[],
  open: string | null = null,
): readonly OperationGroup[] => {
  const anchors = new Map<string, number>();
  const groups = new Map<string | undefined, ShownOperation[]>();
  for (const operation of operations) {
    const [tag] = operation.tags;
    const plain = anchorOf(operation);
    const before = anchors.get(plain) ?? 0;
    anchors.set(plain, before + 1);
    const group = groups.get(tag) ?? [];
    // A prefix, because the fragment must not be the id of another element of the page.
    const anchor = `op-${plain}${before === 0 ? '' : `--${before + 1}`}`;
    group.push({ operation, anchor, ...foldOf(operations, anchor, open) });
    groups.set(tag, group);
  }
  const listed = [...groups].map(([tag, shown]) => ({ tag, operations: shown }));
  return [...listed.filter(({ tag }) => tag !== undefined), ...listed.filter(({ tag }) => tag === undefined)];
};
