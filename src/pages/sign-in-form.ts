import type { Directory } from '../directory/directory';
import { field, passwordField } from './fields';
import { form, type PageContext } from './form';
import { html, type Content, type Html } from './html';
import type { Texts } from './texts/texts';

export interface SignInForm {
  /** Path of the form below the mount. */
  readonly action: string;
  /** Hidden fields of the form. */
  readonly hidden: Content;
  /** The user name that was entered, or that the application suggests. */
  readonly username: string | undefined;
}

/** Renders the form for a user name and a password. */
export const signInForm = async (
  context: PageContext & { readonly texts: Texts },
  { action, hidden, username }: SignInForm,
  directory: Pick<Directory, 'organizations'>,
): Promise<Html> => {
  const { texts } = context;
  const { signIn } = texts;
  const hint = (await directory.organizations.isEmpty()) ? undefined : signIn.usernameHint;
  return form(
    context,
    action,
    hidden,
    field({
      name: 'username',
      label: signIn.username,
      autocomplete: 'username',
      value: username,
      hint,
      autofocus: username === undefined,
    }),
    passwordField({ texts, autofocus: username !== undefined }),
    html`<button>${signIn.signIn}</button>`,
  );
};
