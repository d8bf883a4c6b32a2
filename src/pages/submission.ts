import type { Parameters } from '../protocol/parameters';
import { digestOf, equalStrings, randomText } from '../protocol/secrets';
import { DirectoryError, OAuthError } from '../protocol/errors';
import type { Sessions } from '../sessions/sessions';
import type { Answer } from './answer';
import { FormError } from './form-fault';
import { html, type Html } from './html';

const NONCE_BYTES = 12;
const NONCE_LENGTH = 16;

/** A submitted form, and the id of the session that submits it. */
export interface Submission {
  readonly id: string;
  readonly form: Parameters;
}

/** Answers to forms that are not handled. */
export interface UnhandledAnswers {
  /** The form does not have a `submissionField` of this session. */
  readonly incomplete: Answer;
  /** The form was already submitted. */
  readonly repeated: Answer;
}

/**
 * Derives the value of a form's hidden field. The session id is only in the user's cookie, so only pages of this
 * session can contain a valid value.
 */
const signed = (nonce: string, id: string): string => nonce + digestOf(`sending ${nonce} of ${id}`);

/** Renders the hidden field by which `submitOnce` detects repeated submissions of a form. */
export const submissionField = ({ id }: Pick<Submission, 'id'>): Html =>
  html`<input type="hidden" name="sending" value="${signed(randomText(NONCE_BYTES), id)}" />`;

const isSubmission = (sending: string, id: string): boolean =>
  equalStrings(sending, signed(sending.slice(0, NONCE_LENGTH), id));

/** Checks whether the form was refused, so that it had no effect. */
const isRefusal = (answer: Answer): boolean => answer.kind !== 'redirect' && (answer.status ?? 200) >= 400;

/** Checks whether an error proves that the form had no effect. After a failure of the store this is unknown. */
const isCertain = (error: unknown): boolean =>
  error instanceof DirectoryError || error instanceof FormError || (error instanceof OAuthError && error.status < 500);

/**
 * Handles a form that contains `submissionField`, so that a double click or a reload has no further effect. A form that
 * had no effect may be submitted again.
 */
export const submitOnce = async (
  sessions: Sessions,
  { id, form }: Submission,
  { incomplete, repeated }: UnhandledAnswers,
  handle: () => Promise<Answer>,
): Promise<Answer> => {
  const sending = form.get('sending');
  if (sending === undefined || !isSubmission(sending, id)) return incomplete;
  if (!(await sessions.isFirstSubmission(id, sending))) return repeated;
  try {
    const answer = await handle();
    if (isRefusal(answer)) await sessions.releaseSubmission(id, sending);
    return answer;
  } catch (error) {
    if (isCertain(error)) await sessions.releaseSubmission(id, sending);
    throw error;
  }
};
