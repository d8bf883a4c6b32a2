import { required } from '../arguments';
import type { Command, Flag } from '../command';
import { Problem } from '../failure';
import { withGate, type OperatorGate } from '../operator-gate';
import { findApplication, type ListedApplication } from '../owner';
import { printable } from '../printed-table';
import { STORE_FLAGS } from '../store-flags';
import { actionOn } from './applications';

export const REDIRECT_URI: Flag = {
  value: 'URI',
  isRepeatable: true,
  doc: 'URI to which users may return with an authorization code; may be repeated',
};

const counted = (count: number): string => (count === 1 ? '1 redirect URI' : `${count} redirect URIs`);

const findCreated = async (opened: OperatorGate, key: string, option: string): Promise<ListedApplication> => {
  const application = await findApplication(opened, key);
  if (!application.declared) return application;
  throw new Problem(`The application is declared: change its ${option} in the options and restart or reload the gates`);
};

export const applicationsSetRedirectUris: Command = {
  words: ['applications', 'set-redirect-uris'],
  argument: 'KEY',
  summary: 'Replaces the redirect URIs of an application. Live tokens stay valid.',
  notes: ['KEY is any consumer key of the application, or its id. --redirect-uri none deletes all of them.'],
  flags: { 'redirect-uri': REDIRECT_URI, ...STORE_FLAGS },
  run: async (run) => {
    const given = required(run.values, 'redirect-uri');
    const redirectUris = given === 'none' ? [] : given.split(' ');
    return withGate(run, async (opened) => {
      const application = await findCreated(opened, run.argument, 'redirectUris');
      const changed = await opened.gate.directory.applications.setRedirectUris(application.id, redirectUris);
      const count = counted(changed.redirectUris.length);
      opened.note(actionOn('set_redirect_uris', application, { detail: count }));
      const text = `The application ${printable(application.name)} has ${count}`;
      return { json: { ...changed, declared: false }, text };
    });
  },
};

const changingTo = (type: 'public' | 'confidential', summary: string, notes: readonly string[]): Command => ({
  words: ['applications', `set-${type}`],
  argument: 'KEY',
  summary,
  notes: ['KEY is any consumer key of the application, or its id.', ...notes],
  flags: STORE_FLAGS,
  run: async (run) =>
    withGate(run, async (opened) => {
      const application = await findCreated(opened, run.argument, 'public');
      const changed = await opened.gate.directory.applications.setPublic(application.id, type === 'public');
      opened.note(actionOn('set_client_type', application, { detail: type }));
      const text = `The application ${printable(application.name)} is ${type}; its secrets are deleted, and its tokens have ended`;
      return { json: { ...changed, declared: false }, text };
    }),
});

export const applicationsSetPublic = changingTo(
  'public',
  'Makes an application a public client, deletes its secrets and ends its tokens.',
  ['A browser or mobile app is a public client: it cannot keep a secret, and uses the authorization code.'],
);
export const applicationsSetConfidential = changingTo(
  'confidential',
  'Makes an application a confidential client, and ends its tokens.',
  ['It needs a new secret: see applications generate-keys.'],
);
