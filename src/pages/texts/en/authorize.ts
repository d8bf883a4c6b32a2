import { html, type Content } from '../../html';

const again = 'Go back to the application and start again.';

/** Texts of the authorization endpoint: sign-in and consent. */
export const authorize = {
  continueTo: (application: Content) => html`To continue to ${application}`,
  signInAsAnother: 'Sign in as another user',
  back: 'Back to the application',
  proceed: 'Continue',
  allow: 'Allow',
  deny: 'Deny',
  allowTitle: (application: string) => `Allow ${application}?`,
  asks: (application: Content, user: Content) => html`${application} asks for access on behalf of ${user}.`,
  forApis: (apis: string) => `For: ${apis}`,
  permissions: 'Permissions',
  noPermissions: 'It asks for no permissions.',
  sentTo: (place: Content) => html`Your decision is sent to ${place}.`,
  /** @param scheme such as `com.example.app:` */
  onThisDevice: (scheme: Content) => html`the application that opens ${scheme} addresses on this device`,
  onThisComputer: 'an application on this computer',
  tickOne: 'Tick at least one scope, or choose Deny.',
  changed: 'What you are asked for has changed, or another user has signed in. Check it and decide again.',
  wrongUser: {
    title: 'Not possible',
    sentence: (user: Content, application: string) => html`${user} may not use ${application}.`,
  },
  ended: {
    title: 'Request ended',
    sentence: `This request has expired, has been answered already, or was begun in another browser. ${again}`,
  },
  forged: { title: 'Form expired', sentence: `This form has expired. Nothing was changed. ${again}` },
  notFound: { title: 'Not found', sentence: 'This page does not exist.' },
  tooManyConsents: (myTokens: string) => ({
    title: 'Too many applications',
    sentence: `You have reached the maximum number of applications with your consent. Revoke some of them under ${myTokens}. ${again}`,
  }),
  notAllowed: (methods: string) => ({
    title: 'Not allowed',
    sentence: `This address accepts only ${methods}. ${again}`,
  }),
};
