import type { ImportReport } from '../report';
import type { SourceNode } from '../source-node';
import type { ThrottlingPolicies } from './throttling';

export interface PlanServices {
  readonly throttling: ThrottlingPolicies;
  readonly report: ImportReport;
}

const PLAN_NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** Reads the business plans of an API. If none of them limits anything, it needs no plan here. */
export const readPlans = (api: SourceNode, name: string, { throttling, report }: PlanServices): readonly string[] => {
  const tiers = api.get('availableTiers').items();
  for (const tier of tiers) throttling.addTier(tier.map());
  const policies = api.get('policies');
  const nodes = tiers.length > 0 ? tiers.map((tier) => tier.get('name')) : policies.items();
  for (const tier of tiers) tier.ignore(...tier.keys());
  const found = nodes.flatMap((node) => {
    const plan = node.text();
    if (plan === undefined) return [];
    const allowance = throttling.find(plan);
    if (allowance !== undefined && PLAN_NAME.test(plan)) return [{ node, plan, allowance }];
    report.gap(
      node,
      `The numbers of the business plan ${plan} are not in the export`,
      `Write plans.${plan}, and add it to apis.${name}.plans`,
    );
    return [];
  });
  if (found.every(({ allowance }) => allowance === 'unlimited')) return [];
  for (const { node, plan } of found) report.take(node, `plans.${plan}`);
  return [...new Set(found.map(({ plan }) => plan))];
};
