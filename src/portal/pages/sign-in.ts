import { narrowPage, redirect, type Answer } from '../../pages/answer';
import { signInFault } from '../../pages/failed-attempts';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { notice } from '../../pages/notice';
import { mintVisitorId } from '../../pages/session-cookie';
import { signInForm } from '../../pages/sign-in-form';
import { OAuthError } from '../../protocol/errors';
import { doneRemark } from '../forms/done';
import { HOME } from '../returns';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type Visit } from '../visit';

const remarksOf = ({ texts: { signIn, setPassword } }: Visit): Readonly<Record<string, string>> => ({
  'signed-out': signIn.signedOut,
  'signed-out-everywhere': signIn.signedOutEverywhere,
  'signed-up': signIn.signedUp,
  requested: setPassword.requested,
  'password-set': setPassword.done,
});

const signInPageOf = async (
  visit: Visit,
  { directory, signUp, look, isCataloguePublic }: PageServices,
  back: string,
  remark?: Html,
): Promise<Answer> => {
  const hidden = html`<input type="hidden" name="return" value="${back}" />`;
  const username = visit.form.get('username');
  const { signIn } = visit.texts;
  return narrowPage(
    signIn.signIn,
    html`${remark} ${look.intro !== undefined && html`<p class="intro">${look.intro}</p>`}
    ${await signInForm(visit, { action: '/sign-in', hidden, username }, directory)}
    ${signUp !== false && html`<p>${signIn.noAccount} ${link(visit, '/sign-up', signIn.signUp)}</p>`}
    ${isCataloguePublic && html`<p>${link(visit, HOME, visit.texts.welcome.browse)}</p>`}`,
  );
};

const show = (visit: Visit, services: PageServices): Promise<Answer> | Answer => {
  const back = services.returnAddresses.orHome(visit.query.get('return'));
  return visit.user === undefined
    ? signInPageOf(visit, services, back, doneRemark(visit, remarksOf(visit)))
    : redirect(back);
};

const begin = async (visit: Visit, services: PageServices): Promise<Answer> => {
  const { returnAddresses, visitors, sessions, audit, signInLimit } = services;
  const [username = '', password = ''] = [visit.form.get('username'), visit.form.get('password')];
  const back = returnAddresses.orHome(visit.form.get('return'));
  try {
    const { id, user } = await visitors.signIn({ username, password, address: visit.address });
    await sessions.end(visit.id); // the session that this browser had before
    audit.note({ action: 'sign_in', ...actorOf(user) });
    return redirect(back, id);
  } catch (error) {
    if (!(error instanceof OAuthError) || error.code !== 'invalid_grant') throw error;
    return signInPageOf(visit, services, back, notice('wrong', signInFault(error, signInLimit, visit.texts)));
  }
};

const signOut = async ({ id }: Visit, { sessions }: PageServices): Promise<Answer> => {
  await sessions.end(id);
  return redirect('/sign-in?done=signed-out', mintVisitorId());
};

export const signInPage: PortalPage = {
  path: '/sign-in',
  title: (texts) => texts.signIn.signIn,
  for: 'anyone',
  navigation: 'none',
  isReturnTarget: false,
  show,
  forms: [
    { path: '/sign-in', handle: begin },
    { path: '/sign-out', handle: signOut },
  ],
};
