import type { CreatedLink } from '../../directory/password-links';
import type { Command } from '../command';
import { Problem } from '../failure';
import { withGate } from '../operator-gate';
import { findExistingUser } from '../owner';
import { printable } from '../printed-table';
import { STORE_FLAGS } from '../store-flags';
import { actionOn, readRoles, ROLES_FLAG, splitFullName } from './users';

const NOTES = [
  'The code works once. It cannot be read again: the store has its digest.',
  'The user takes it to the page /set-password of the portal, or opens that page with # and the code after it.',
];

const printLink = (head: string, { code, expiresAt }: CreatedLink): string =>
  [head, `code:        ${code}`, `works until: ${new Date(expiresAt * 1_000).toISOString()}`].join('\n');

export const usersInvite: Command = {
  words: ['users', 'invite'],
  argument: 'NAME',
  summary: 'Creates a user who sets the password by a code within seven days, and prints the code.',
  notes: NOTES,
  flags: { ...ROLES_FLAG, ...STORE_FLAGS },
  run: async (run) => {
    const roles = readRoles(run.values['roles']);
    return withGate(run, async (opened) => {
      const names = await splitFullName(opened, run.argument);
      const invitation = await opened.gate.directory.passwordLinks.invite({ ...names, roles });
      opened.note(actionOn('invite_user', invitation.user, roles.join(' ')));
      const { user, ...link } = invitation;
      const text = printLink(`The user ${printable(user.username)} is invited`, link);
      return { json: { ...user, declared: false, ...link }, text };
    });
  },
};

export const usersResetLink: Command = {
  words: ['users', 'reset-link'],
  argument: 'NAME',
  summary: 'Creates a code by which a user sets another password within a day, and prints it.',
  notes: [...NOTES, 'The old password works until then. An earlier code of the user no longer works.'],
  flags: STORE_FLAGS,
  run: async (run) =>
    withGate(run, async (opened) => {
      const user = await findExistingUser(opened, run.argument);
      if (user.declared)
        throw new Problem('The user is declared: change the password in the options and restart or reload the gates');
      const link = await opened.gate.directory.passwordLinks.create(run.argument);
      opened.note(actionOn('create_password_link', user, link.purpose));
      const text = printLink(`The user ${printable(user.username)} can set a password`, link);
      return { json: { username: user.username, ...link }, text };
    }),
};
