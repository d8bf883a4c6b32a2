import { DirectoryError } from '../protocol/errors';
import { randomText } from '../protocol/secrets';
import type { Sessions } from '../sessions/sessions';
import type { Answer } from './answer';
import { html, type Html } from './html';
import { problem } from './pages/problem';
import type { UserVisit } from './visit';

/** Makes a form one that does its work once, however often it is sent. */
export const onceField = (): Html => html`<input type="hidden" name="sending" value="${randomText(12)}" />`;

/**
 * Handles a form with such a field: a double click, or a page that is loaded again, does nothing more.
 * @param again is what the second sending is answered with.
 */
export const once =
  (sessions: Sessions, handle: (visit: UserVisit) => Promise<Answer>, again: Answer = problem.sentTwice) =>
  async (visit: UserVisit): Promise<Answer> => {
    const sending = visit.form.get('sending');
    if (sending === undefined) return problem.incomplete;
    if (!(await sessions.isFirstSending(visit.id, sending))) return again;
    try {
      return await handle(visit);
    } catch (error) {
      // What was refused has done nothing; of a store that failed that is not known.
      if (error instanceof DirectoryError) await sessions.forgetSending(visit.id, sending);
      throw error;
    }
  };
