import type { Texts } from '../texts';

export const signIn: Texts['signIn'] = {
  signIn: 'Anmelden',
  signUp: 'Registrieren',
  organization: 'Organisation',
  password: 'Passwort',
  signOutEverywhere: 'Überall abmelden?',
};
