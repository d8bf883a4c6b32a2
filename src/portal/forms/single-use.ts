import type { Answer } from '../../pages/answer';
import { submitOnce } from '../../pages/submission';
import type { Handler } from '../page';
import type { PageServices } from '../page-services';
import { problem } from '../pages/problem';
import type { UserVisit } from '../visit';

/**
 * Wraps the handler of a form that contains `submissionField`, so that only its first submission has an effect.
 * @param repeated is the answer to a repeated submission
 */
export const singleUse =
  (
    handle: (visit: UserVisit, services: PageServices) => Promise<Answer>,
    repeated: Answer = problem.sentTwice,
  ): Handler<UserVisit> =>
  (visit, services) =>
    submitOnce(services.sessions, visit, { incomplete: problem.incomplete, repeated }, () => handle(visit, services));
