import type { RefusalFacts } from './refusal-store';

/** Returns a text that is the same for equal refusals. */
export const refusalKey = ({
  status,
  reason,
  environment,
  api,
  resource,
  method,
  missing,
  plan,
}: RefusalFacts): string =>
  JSON.stringify([status, reason, environment, api, resource, method, missing.join(' '), plan]);
