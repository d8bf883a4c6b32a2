import type { Requirement } from '../access/requirement';
import { Checks } from '../protocol/checks';
import { inCall } from '../protocol/errors';
import type { Explain } from './explain';
import type { RequestToExplain, TargetFinder } from './explain-target';
import type { Explanation } from './explanation';

const TOKEN_RULE = 'a text of at most 10000 characters';
const METHOD_RULE = 'an upper-case method such as GET';
const PATH_RULE = 'the whole path of a request, such as /orders/1';

const isRequest = (asked: unknown): boolean =>
  typeof asked === 'object' && asked !== null && !('allOf' in asked) && !('anyOf' in asked);

/** Checks the arguments of `gate.explain`. No message contains the token. @throws ConfigurationError */
const readExplainArguments = (
  token: unknown,
  asked: RequestToExplain | Requirement,
): { readonly token: string; readonly asked: RequestToExplain | Requirement } => {
  const checks = new Checks();
  const text = checks.required(token, ['token'], /^[^]{0,10000}$/, TOKEN_RULE) ?? '';
  if (!isRequest(asked)) {
    checks.finish();
    return { token: text, asked };
  }
  const fields = checks.fields(asked, [], ['method', 'path']);
  const method = fields && checks.required(fields['method'], ['method'], /^[A-Z]+(?:-[A-Z]+)*$/, METHOD_RULE);
  const path = fields && checks.required(fields['path'], ['path'], /^[^]{0,16384}$/, PATH_RULE);
  checks.finish();
  return { token: text, asked: { method: method ?? '', path: path ?? '' } };
};

/** Creates `gate.explain`, which checks its arguments before it reads anything. */
export const createExplainCall =
  (explain: Explain, targets: TargetFinder) =>
  async (token: string, given: RequestToExplain | Requirement): Promise<Explanation> => {
    const { target, text } = inCall('gate.explain', () => {
      const checked = readExplainArguments(token, given);
      return { target: targets.find(checked.asked), text: checked.token };
    });
    return explain(text, target);
  };
