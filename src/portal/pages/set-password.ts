import { narrowPage, redirect, type Answer } from '../../pages/answer';
import { field, newPasswordField } from '../../pages/fields';
import { form } from '../../pages/form';
import { faultIn, faultOf, type FormFault } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { notice } from '../../pages/notice';
import { mintVisitorId } from '../../pages/session-cookie';
import { DirectoryError } from '../../protocol/errors';
import { openUnder, sealUnder } from '../../protocol/sealing';
import { readLinkCode } from '../../protocol/secrets';
import { signUpRequester } from '../../sign-in/requesters';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type Visit } from '../visit';

const PATH = '/set-password';

/** A later page contains the code only in this form, which is worthless without the cookie of the browser. */
const SEALED_FOR = 'code of a link to set a password';

const codeField = ({ texts: { setPassword } }: Visit, fault: FormFault | undefined): Html =>
  html`<div data-code>
    ${field({
      name: 'code',
      label: setPassword.code,
      hint: setPassword.codeHint,
      fault: faultIn(fault, 'code'),
      autofocus: true,
    })}
  </div>`;

const keptCode = ({ id, texts: { setPassword } }: Visit, code: string): Html =>
  html`<p class="hint">${setPassword.codeKept}</p>
    <input type="hidden" name="kept" value="${sealUnder(id, code, SEALED_FOR)}" />`;

const setPasswordPageOf = (visit: Visit, services: PageServices, fault?: FormFault, kept?: string): Answer => {
  const { account, setPassword } = visit.texts;
  return narrowPage(
    setPassword.title,
    html`${fault !== undefined && notice('wrong', fault.sentence)}
      <p>${setPassword.intro}</p>
      ${form(
        visit,
        PATH,
        kept === undefined ? codeField(visit, fault) : keptCode(visit, kept),
        newPasswordField({
          name: 'new',
          label: account.newPassword,
          hint: account.passwordHint(services.passwordRule.minLength),
          fault: faultIn(fault, 'password'),
        }),
        newPasswordField({ name: 'again', label: account.newPasswordAgain, fault: faultIn(fault, 'again') }),
        html`<button>${setPassword.button}</button>`,
      )}`,
    fault?.status,
  );
};

/** Returns the code that was entered, or that the form had kept for this browser. */
const codeOf = ({ form: given, id }: Visit): string =>
  openUnder(id, given.get('kept') ?? '', SEALED_FOR) ?? (given.get('code') ?? '').trim();

const isInvalidLink = (error: unknown): boolean =>
  error instanceof DirectoryError && error.code === 'ERR_SCOPEGATE_NOT_FOUND';

const redeem = async (visit: Visit, services: PageServices): Promise<Answer> => {
  const { form: given, address, texts } = visit;
  const { passwords, passwordLinks, audit, sessions, throttle } = services;
  throttle.refuseBlockedAddress(address);
  const code = codeOf(visit);
  const password = given.get('new') ?? '';
  const kept = readLinkCode(code) === undefined ? undefined : code; // what cannot be a code has to be entered again
  if (password !== given.get('again')) {
    const fault: FormFault = { field: 'again', sentence: texts.account.passwordsDiffer, status: 400 };
    return setPasswordPageOf(visit, services, fault, kept);
  }
  try {
    const { user, purpose, by } = await passwords.admission.admit(signUpRequester(address), (place) =>
      passwordLinks.redeem(code, password, place),
    );
    const detail = by === undefined ? purpose : `${purpose} by ${by}`;
    audit.note({ action: 'redeem_password_link', ...actorOf(user), detail });
  } catch (error) {
    if (isInvalidLink(error)) {
      await throttle.countWrongCode(address);
      return setPasswordPageOf(visit, services, { field: 'code', sentence: texts.setPassword.invalid, status: 400 });
    }
    const fault = faultOf(error, texts);
    if (fault === undefined) throw error;
    return setPasswordPageOf(visit, services, fault, kept);
  }
  // This browser may be signed in as another user, who must not be taken for the one who has set the password.
  await sessions.end(visit.id);
  return redirect('/sign-in?done=password-set', mintVisitorId());
};

export const setPasswordPage: PortalPage = {
  path: PATH,
  title: (texts) => texts.setPassword.title,
  for: 'anyone',
  navigation: 'none',
  isReturnTarget: false,
  isEnabled: ({ userSource }) => userSource === 'directory',
  show: (visit, services) => setPasswordPageOf(visit, services),
  forms: [{ path: PATH, handle: redeem }],
};
