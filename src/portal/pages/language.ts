import { redirect, type Answer } from '../../pages/answer';
import { LANGUAGE_PATH } from '../../pages/language-choice';
import { isLanguage } from '../../pages/texts/languages';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { HOME } from '../returns';
import type { Visit } from '../visit';

/** Sets the language of the browser. An unknown one changes nothing. */
const choose = ({ form: given }: Visit, { returnAddresses }: PageServices): Answer => {
  const tag = given.get('language') ?? '';
  const answer = { kind: 'redirect', to: returnAddresses.pageOrHome(given.get('return')) } as const;
  return isLanguage(tag) ? { ...answer, language: tag } : answer;
};

/** The form in the footer of all pages that sets the language. It has no page of its own. */
export const languagePage: PortalPage = {
  path: LANGUAGE_PATH,
  for: 'anyone',
  navigation: 'none',
  isReturnTarget: false,
  isEnabled: ({ language }) => language === undefined,
  show: () => redirect(HOME),
  forms: [{ path: LANGUAGE_PATH, handle: choose }],
};
