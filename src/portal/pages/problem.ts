import { OAuthError, type DirectoryError } from '../../protocol/errors';
import type { Answer } from '../../pages/answer';
import { faultOf } from '../../pages/form-fault';
import { errorAnswer, problemAnswer, type ProblemAnswer } from '../../pages/problem-page';
import type { Texts } from '../../pages/texts/texts';
import { HOME } from '../returns';

const BACK = { to: HOME, text: (texts: Texts) => texts.problems.back };

const problemOn = (
  status: number,
  text: ProblemAnswer['text'],
  { headers = {}, next = BACK }: Partial<Pick<ProblemAnswer, 'headers' | 'next'>> = {},
): Answer => problemAnswer(status, text, { headers, next });

/** Error pages. */
export const problem = {
  notFound: problemOn(404, ({ problems }) => problems.notFound),
  forged: problemOn(403, ({ problems }) => problems.forged, {
    next: { to: '/sign-in', text: ({ signIn }) => signIn.signIn },
  }),
  incomplete: problemOn(400, ({ problems }) => problems.incomplete),
  sentTwice: problemOn(409, ({ problems }) => problems.sentTwice, {
    next: { to: '/subscriptions', text: ({ applications }) => applications.mine },
  }),
  readOnly: problemOn(409, ({ problems }) => problems.readOnly),
  notAllowed: (methods: readonly string[]): Answer =>
    problemOn(405, ({ problems }) => problems.notAllowed, { headers: { Allow: methods.join(', ') } }),
} as const;

/** Returns the page of an error. It contains only what is public about the error. */
export const problemOf = (error: OAuthError | DirectoryError, texts: Texts): Answer => {
  if (error instanceof OAuthError) return errorAnswer(error, BACK);
  if (error.code === 'ERR_SCOPEGATE_NOT_FOUND') return problem.notFound;
  const fault = faultOf(error, texts);
  if (fault === undefined) return problem.readOnly; // ERR_SCOPEGATE_DECLARED
  const { inUse, notPossible } = texts.problems;
  const title = error.code === 'ERR_SCOPEGATE_EXISTS' ? inUse : notPossible;
  return problemOn(fault.status, () => ({ title, sentence: fault.sentence }));
};
