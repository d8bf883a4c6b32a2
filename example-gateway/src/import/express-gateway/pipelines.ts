import type { ImportReport } from '../report';
import type { SourceNode } from '../source-node';
import { needsToken } from './access-steps';
import { readTarget, type Target } from './proxy-step';
import { readRateLimit, type PipelineLimit } from './rate-limit-step';
import { readSteps, type Step } from './steps';

/** A pipeline that can be expressed. */
export interface Pipeline {
  readonly name: string;
  readonly node: SourceNode;
  readonly target: Target;
  readonly isGuarded: boolean;
  readonly limit: PipelineLimit;
  readonly steps: readonly Step[];
}

const LEFT_OUT = 'The pipeline was left out. Declare its APIs by hand';

/** Finds the step that sends the request, and those before it. What follows never runs. */
const untilProxy = (steps: readonly Step[]): { readonly proxy: Step | undefined; readonly before: readonly Step[] } => {
  const end = steps.findIndex(({ policy, isConditional }) => policy === 'proxy' && !isConditional);
  return end === -1 ? { proxy: undefined, before: steps } : { proxy: steps[end], before: steps.slice(0, end) };
};

const readPipeline = (
  name: string,
  node: SourceNode,
  services: SourceNode,
  report: ImportReport,
): Pipeline | undefined => {
  const { proxy, before } = untilProxy(readSteps(node.getOne('policies', 'policy')));
  const conditional = before.find(({ policy }) => policy === 'proxy');
  if (conditional !== undefined) {
    report.gap(conditional.node, 'An upstream that is chosen by a condition has no counterpart', LEFT_OUT);
    return undefined;
  }
  if (proxy === undefined) {
    report.gap(node, 'The pipeline has no proxy policy, so it sends nothing to an upstream', LEFT_OUT);
    return undefined;
  }
  const target = readTarget(proxy, services, report);
  const isGuarded = needsToken(before, report);
  const limit = readRateLimit(before, isGuarded, report);
  return target && { name, node, target, isGuarded, limit, steps: before };
};

const namedPipelines = (pipelines: SourceNode): readonly (readonly [string, SourceNode])[] =>
  Array.isArray(pipelines.value)
    ? pipelines.items().map((node, index) => [`pipeline-${index + 1}`, node] as const)
    : pipelines.entries();

/** The pipeline of each API endpoint; `undefined` if it cannot be expressed. */
export type PipelinesByEndpoint = ReadonlyMap<string, Pipeline | undefined>;

/** Reads `pipelines`. If several name the same API endpoint, the last one counts, as in Express Gateway. */
export const readPipelines = (gateway: SourceNode, report: ImportReport): PipelinesByEndpoint => {
  const services = gateway.get('serviceEndpoints').map();
  const byEndpoint = new Map<string, Pipeline | undefined>();
  for (const [name, node] of namedPipelines(gateway.getOne('pipelines', 'pipeline'))) {
    const pipeline = readPipeline(name, node.map(), services, report);
    for (const endpoint of node.getOne('apiEndpoints', 'apiEndpoint').texts()) byEndpoint.set(endpoint, pipeline);
  }
  return byEndpoint;
};
