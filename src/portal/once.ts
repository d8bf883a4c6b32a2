import { digestOf, equalTexts, randomText } from '../protocol/secrets';
import { DirectoryError, OAuthError } from '../protocol/errors';
import type { Sessions } from '../sessions/sessions';
import type { Answer } from './answer';
import { html, type Html } from './html';
import { problem } from './pages/problem';
import type { UserVisit, Visit } from './visit';

const NONCE_BYTES = 12;
const NONCE_LENGTH = 16;

/** The session's id is in the user's cookie alone, so only a page of this session can make the value of a form. */
const signed = (nonce: string, id: string): string => nonce + digestOf(`sending ${nonce} of ${id}`);

/** Makes a form that does its work once, however often it is sent. */
export const onceField = ({ id }: Visit): Html =>
  html`<input type="hidden" name="sending" value="${signed(randomText(NONCE_BYTES), id)}" />`;

const isSending = (sending: string, id: string): boolean =>
  equalTexts(sending, signed(sending.slice(0, NONCE_LENGTH), id));

/** Checks whether an answer says that the form was refused, so that nothing was done. */
const isRefusal = (answer: Answer): boolean => answer.kind !== 'redirect' && (answer.status ?? 200) >= 400;

/** Checks whether an error says for certain that nothing was done. After a failure of the store that is unknown. */
const isCertain = (error: unknown): boolean =>
  error instanceof DirectoryError || (error instanceof OAuthError && error.status < 500);

/**
 * Handles a form with such a field: a double click or a reload does nothing more. A form that did nothing may be sent again.
 * @param again answers the second sending.
 */
export const once =
  (sessions: Sessions, handle: (visit: UserVisit) => Promise<Answer>, again: Answer = problem.sentTwice) =>
  async (visit: UserVisit): Promise<Answer> => {
    const { id } = visit;
    const sending = visit.form.get('sending');
    if (sending === undefined || !isSending(sending, id)) return problem.incomplete;
    if (!(await sessions.isFirstSending(id, sending))) return again;
    try {
      const answer = await handle(visit);
      if (isRefusal(answer)) await sessions.forgetSending(id, sending);
      return answer;
    } catch (error) {
      if (isCertain(error)) await sessions.forgetSending(id, sending);
      throw error;
    }
  };
