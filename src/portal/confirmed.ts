import { OAuthError } from '../protocol/errors';
import type { Answer } from './answer';
import { notice } from './fields';
import type { Html } from './html';
import type { Visitors } from './visitors';
import type { UserVisit } from './visit';

/** Does what needs the password once more; a wrong one leads back to the page that asked for it. */
export const confirmed = async (
  visitors: Visitors,
  visit: UserVisit,
  ask: (remark: Html) => Promise<Answer>,
  act: () => Promise<Answer>,
): Promise<Answer> => {
  try {
    await visitors.confirm(visit.user, visit.form.get('password') ?? '', visit.address);
  } catch (error) {
    if (!(error instanceof OAuthError) || error.code !== 'invalid_grant') throw error;
    return ask(notice('wrong', 'The password is wrong. Nothing was changed.'));
  }
  return act();
};
