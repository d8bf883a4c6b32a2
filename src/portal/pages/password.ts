import { OAuthError } from '../../protocol/errors';
import { page, redirect, type Answer } from '../../pages/answer';
import { pauseSentence } from '../../pages/failed-attempts';
import { field, passwordField } from '../../pages/fields';
import { notice } from '../../pages/notice';
import { faultIn, faultOf, type FormFault } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { form } from '../../pages/form';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import { Visitors } from '../visitors';
import { actorOf, type UserVisit } from '../visit';

export const passwordPages = (services: PortalServices): readonly Route[] => {
  const { users, userSource, passwordRule, directory, audit, signInLimit } = services;
  const visitors = new Visitors(services);

  const passwordPage = (visit: UserVisit, remark?: Html, fault?: FormFault): Answer => {
    if (userSource === 'function') {
      return page('Password', html`<p>Your password is managed outside this portal.</p>`);
    }
    if (directory.users.isDeclared(visit.user.subject)) {
      return page(
        'Password',
        html`<p>Your account is managed in the gateway's configuration. Ask its operator to change your password.</p>`,
      );
    }
    return page(
      'Password',
      html`${remark}
        <p>A new password ends all your tokens and signs you out in other browsers.</p>
        ${form(
          visit,
          '/password',
          passwordField(),
          field({
            name: 'new',
            label: 'New password',
            type: 'password',
            autocomplete: 'new-password',
            hint: passwordRule.text,
            fault: faultIn(fault, 'password'),
          }),
          field({
            name: 'again',
            label: 'New password again',
            type: 'password',
            autocomplete: 'new-password',
            fault: faultIn(fault, 'again'),
          }),
          html`<button>Change password</button>`,
        )}`,
      fault?.status,
    );
  };

  const change = async (visit: UserVisit): Promise<Answer> => {
    const { user, address, form: given } = visit;
    const faulty = (fault: FormFault): Answer => passwordPage(visit, notice('wrong', fault.sentence), fault);
    const password = given.get('new') ?? '';
    if (userSource === 'function' || directory.users.isDeclared(user.subject)) return passwordPage(visit);
    if (password !== given.get('again')) {
      return faulty({ field: 'again', sentence: 'The two new passwords are not the same.', status: 400 });
    }
    try {
      await visitors.confirm(user, given.get('password') ?? '', address);
      await users.setPassword(user.username, password);
    } catch (error) {
      if (error instanceof OAuthError && error.code === 'invalid_grant') {
        const sentence = `The password is wrong. Nothing was changed.${pauseSentence(error, signInLimit)}`;
        return passwordPage(visit, notice('wrong', sentence));
      }
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      return faulty(fault);
    }
    audit.note({ action: 'change_password', ...actorOf(user) });
    // The change has ended all sessions, including this one, so a new one begins.
    const { id } = await visitors.signIn({ username: user.username, password, address });
    return redirect('/password?done=changed', id);
  };

  return [
    {
      method: 'GET',
      path: '/password',
      for: 'users',
      handle: (visit) =>
        passwordPage(visit, visit.query.get('done') === 'changed' ? notice('done', 'Password changed.') : undefined),
    },
    { method: 'POST', path: '/password', for: 'users', handle: change },
  ];
};
