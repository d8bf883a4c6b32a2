import type { Answer } from '../../pages/answer';
import { pauseSentence } from '../../pages/failed-attempts';
import type { Html } from '../../pages/html';
import { notice } from '../../pages/notice';
import { OAuthError } from '../../protocol/errors';
import type { Handler } from '../page';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';

/**
 * Wraps the handler of a form that contains the user's password, so that it runs only if the password is right. A wrong
 * password renders the form's page again.
 * @param show renders the page, with a remark
 */
export const withPassword =
  (
    show: (visit: UserVisit, services: PageServices, remark: Html) => Promise<Answer>,
    handle: Handler<UserVisit>,
  ): Handler<UserVisit> =>
  async (visit, services) => {
    try {
      await services.visitors.confirm(visit.user, visit.form.get('password') ?? '', visit.address);
    } catch (error) {
      if (!(error instanceof OAuthError) || error.code !== 'invalid_grant') throw error;
      return show(visit, services, wrongPassword(error, visit, services));
    }
    return handle(visit, services);
  };

/** Renders the remark that a page shows after a wrong password. */
export const wrongPassword = (
  error: OAuthError,
  { texts }: Pick<UserVisit, 'texts'>,
  { signInLimit }: Pick<PageServices, 'signInLimit'>,
): Html => notice('wrong', texts.signIn.wrongPassword + pauseSentence(error, signInLimit, texts));
