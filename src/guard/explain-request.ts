import { METHOD_NAME, METHOD_NAME_RULE } from '../access/method-name';
import type { Requirement } from '../access/requirement';
import { Checks } from '../protocol/checks';
import { inCall } from '../protocol/errors';
import type { Explain } from './explain';
import type { RequestToExplain, TargetFinder } from './explain-target';
import type { Explanation } from './explanation';

const TOKEN_RULE = 'a string of at most 10000 characters';
const PATH_RULE = 'the whole path of a request, such as /orders/1';

const isMeantAsRequest = (target: unknown): boolean =>
  typeof target === 'object' && target !== null && !('allOf' in target) && !('anyOf' in target);

/** Checks the arguments of `gate.explain`. No message contains the token. @throws ConfigurationError */
const readExplainArguments = (
  token: unknown,
  target: RequestToExplain | Requirement,
): { readonly token: string; readonly target: RequestToExplain | Requirement } => {
  const checks = new Checks();
  const text = checks.required(token, ['token'], /^[^]{0,10000}$/, TOKEN_RULE) ?? '';
  if (!isMeantAsRequest(target)) {
    checks.finish();
    return { token: text, target };
  }
  const fields = checks.fields(target, [], ['method', 'path']);
  const method = fields && checks.required(fields['method'], ['method'], METHOD_NAME, METHOD_NAME_RULE);
  const path = fields && checks.required(fields['path'], ['path'], /^[^]{0,16384}$/, PATH_RULE);
  checks.finish();
  return { token: text, target: { method: method ?? '', path: path ?? '' } };
};

/** `gate.explain`. @throws ConfigurationError for arguments of a wrong type, before anything is read */
export type ExplainCall = (token: string, requested: RequestToExplain | Requirement) => Promise<Explanation>;

export const createExplainCall =
  (explain: Explain, targets: TargetFinder): ExplainCall =>
  async (token, requested) => {
    const { target, text } = inCall('gate.explain', () => {
      const checked = readExplainArguments(token, requested);
      return { target: targets.find(checked.target), text: checked.token };
    });
    return explain(text, target);
  };
