import { OAuthError } from '../protocol/errors';
import type { Limit } from '../throttle/failure-counters';
import type { Answer } from '../pages/answer';
import { pauseSentence } from '../pages/failed-attempts';
import { notice } from '../pages/notice';
import type { Html } from '../pages/html';
import type { Visitors } from './visitors';
import type { UserVisit } from './visit';

interface ConfirmServices {
  readonly visitors: Visitors;
  readonly signInLimit: Limit | undefined;
}

/** Runs `act` if the form has the user's password. A wrong password renders the form's page again, through `ask`. */
export const withPassword = async (
  { visitors, signInLimit }: ConfirmServices,
  visit: UserVisit,
  ask: (remark: Html) => Promise<Answer>,
  act: () => Promise<Answer>,
): Promise<Answer> => {
  try {
    await visitors.confirm(visit.user, visit.form.get('password') ?? '', visit.address);
  } catch (error) {
    if (!(error instanceof OAuthError) || error.code !== 'invalid_grant') throw error;
    const sentence = `The password is wrong. Nothing was changed.${pauseSentence(error, signInLimit)}`;
    return ask(notice('wrong', sentence));
  }
  return act();
};
