import type { ImportedAllowance, ImportedLimit } from '../imported-gateway';
import type { ImportReport } from '../report';
import type { Step } from './steps';

/** The limit of a pipeline: a plan counts for each subscription, a limit for each resource and address. */
export interface PipelineLimit {
  readonly plan?: ImportedAllowance;
  readonly limit?: ImportedLimit;
}

const DEFAULT_MAX = 5;
const DEFAULT_WINDOW = 60_000;
const MAX_REQUESTS = 1_000_000_000;
const MAX_WINDOW = 2_678_400;

const BY_ADDRESS = /^\$\{\s*(?:req\.(?:ip|connection\.remoteAddress)|egContext\.req\.ip)\s*\}$/;
const BY_CLIENT = /^\$\{\s*(?:egContext\.)?(?:consumer|req\.user)\.\w+(?:\.\w+)?\s*\}$/;

const readAllowance = ({ action }: Step): ImportedAllowance | undefined => {
  const requests = Math.floor(action.get('max').number() ?? DEFAULT_MAX);
  const per = Math.ceil((action.get('windowMs').number() ?? DEFAULT_WINDOW) / 1_000);
  if (requests < 1 || per < 1) return undefined; // 0 turns the limit off
  return { requests: Math.min(requests, MAX_REQUESTS), per: Math.min(per, MAX_WINDOW) };
};

/** Reads the `rate-limit` steps of a pipeline; the first that can be expressed counts. */
export const readRateLimit = (steps: readonly Step[], isGuarded: boolean, report: ImportReport): PipelineLimit => {
  let result: PipelineLimit = {};
  for (const step of steps.filter(({ policy }) => policy === 'rate-limit')) {
    const { node, action, isConditional } = step;
    const allowance = readAllowance(step);
    if (allowance === undefined) continue;
    const criterion = action.get('rateLimitBy');
    const by = criterion.text();
    const isByAddress = by === undefined || BY_ADDRESS.test(by);
    const isByClient = by !== undefined && BY_CLIENT.test(by) && isGuarded;
    for (const option of ['delayAfter', 'delayMs', 'message', 'statusCode']) {
      const given = action.get(option);
      if (given.isPresent)
        report.gap(given, `${option} has no counterpart`, 'A request beyond the limit gets 429 with Retry-After');
    }
    if (isConditional || result.plan !== undefined || result.limit !== undefined || (!isByAddress && !isByClient)) {
      const problem =
        isByAddress || isByClient
          ? 'A second or conditional limit has no counterpart'
          : 'Requests cannot be limited by this expression';
      report.gap(
        criterion.isPresent ? criterion : node,
        problem,
        'Write plans of the API, or a limit of its resources, by hand',
      );
      continue;
    }
    if (isByClient) {
      result = { plan: allowance };
      report.gap(
        criterion,
        'Requests of each subscription count together, and not those of each consumer',
        'Check the numbers of the plan',
      );
    } else {
      result = { limit: { ...allowance, by: 'address' } };
      report.gap(
        node,
        'Each resource and address is counted on its own, and not all resources of the pipeline together',
        'Check the numbers of the limits',
      );
    }
  }
  return result;
};
