import { joinCors, readOrigins, type FoundCors } from '../cors';
import type { ImportedGateway } from '../imported-gateway';
import type { ImportReport } from '../report';
import type { Pipeline } from './pipelines';
import type { Step } from './steps';

const OPTIONS = ['methods', 'allowedHeaders', 'exposedHeaders', 'optionsSuccessStatus'];
const INSTEAD = 'A preflight allows the methods of the resource and the headers that are asked for';

const readCors = ({ node, action }: Step, report: ImportReport): FoundCors | undefined => {
  for (const option of OPTIONS) {
    const given = action.get(option);
    if (given.isPresent) report.gap(given, `${option} of CORS has no counterpart`, INSTEAD);
  }
  const maxAge = action.get('maxAge').number();
  const credentials = action.get('credentials').flag() ?? false;
  const origins = readOrigins(action.get('origin'), report);
  return origins === null ? undefined : { node, origins, credentials, maxAge };
};

/** Reads the `cors` policies of all pipelines: here one setting applies to all APIs. */
export const readCorsOf = (pipelines: readonly Pipeline[], report: ImportReport): ImportedGateway['cors'] => {
  const steps = pipelines.flatMap((pipeline) => pipeline.steps.filter(({ policy }) => policy === 'cors'));
  return joinCors(
    steps.flatMap((step) => readCors(step, report) ?? []),
    pipelines.length,
    report,
  );
};
