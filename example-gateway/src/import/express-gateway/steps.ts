import type { SourceNode } from '../source-node';

/** One action of a policy in a pipeline. */
export interface Step {
  readonly policy: string;
  readonly node: SourceNode;
  /** The parameters of the action. */
  readonly action: SourceNode;
  /** True if a condition decides about each request. */
  readonly isConditional: boolean;
}

/** Reads the actions of a pipeline, in order. Those with the condition `never` are left out. */
export const readSteps = (policies: SourceNode): readonly Step[] =>
  policies.items().flatMap((entry) =>
    entry
      .map()
      .entries()
      .slice(0, 1)
      .flatMap(([policy, value]) => {
        const items = value.items();
        return (items.length === 0 ? [value] : items).flatMap((node): readonly Step[] => {
          if (!node.isPresent) return [{ policy, node, action: node, isConditional: false }];
          const condition = node.map().get('condition').map().get('name').text() ?? 'always';
          if (condition === 'never') return [];
          return [{ policy, node, action: node.get('action').map(), isConditional: condition !== 'always' }];
        });
      }),
  );
