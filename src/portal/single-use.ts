import type { Answer } from '../pages/answer';
import { submitOnce } from '../pages/submission';
import type { Sessions } from '../sessions/sessions';
import { problem } from './pages/problem';
import type { UserVisit } from './visit';

/**
 * Wraps the handler of a form that contains `submissionField`, so that only its first submission has an effect.
 * @param repeated is the answer to a repeated submission
 */
export const singleUse =
  (sessions: Sessions, handle: (visit: UserVisit) => Promise<Answer>, repeated: Answer = problem.sentTwice) =>
  (visit: UserVisit): Promise<Answer> =>
    submitOnce(sessions, visit, { incomplete: problem.incomplete, repeated }, () => handle(visit));
