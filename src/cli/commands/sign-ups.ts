import type { WaitingUser } from '../../directory/sign-ups';
import type { Command } from '../command';
import { withGate } from '../operator-gate';
import { listOrganizations } from '../organization';
import { findExistingUser } from '../owner';
import { printable, printTable } from '../printed-table';
import { STORE_FLAGS } from '../store-flags';
import { actionOn } from './users';

const HEADS = ['USER', 'EXPIRES'];

const rowOf = ({ username, expiresAt }: WaitingUser) => [username, new Date(expiresAt * 1_000).toISOString()];

export const signUpsList: Command = {
  words: ['sign-ups', 'list'],
  summary: 'Lists the users whose sign-up at the portal waits for approval.',
  flags: STORE_FLAGS,
  run: async (run) => {
    const waiting = await withGate(run, async (opened) => {
      const found: WaitingUser[] = [];
      for await (const { key } of listOrganizations(opened)) {
        found.push(...(await opened.gate.directory.signUps.list(key)));
      }
      return found;
    });
    return { json: waiting, text: printTable(HEADS, waiting.map(rowOf)) };
  },
};

export const signUpsApprove: Command = {
  words: ['sign-ups', 'approve'],
  argument: 'NAME',
  summary: 'Approves a sign-up, so that the user can sign in.',
  notes: ['NAME is the full name, with the organization.'],
  flags: STORE_FLAGS,
  run: async (run) =>
    withGate(run, async (opened) => {
      const user = await opened.gate.directory.signUps.approve(run.argument);
      opened.note(actionOn('approve_sign_up', user));
      return { json: { ...user, declared: false }, text: `The sign-up of ${printable(user.username)} is approved` };
    }),
};

export const signUpsReject: Command = {
  words: ['sign-ups', 'reject'],
  argument: 'NAME',
  summary: 'Rejects a sign-up, and removes the user.',
  notes: ['NAME is the full name, with the organization.'],
  flags: STORE_FLAGS,
  run: async (run) =>
    withGate(run, async (opened) => {
      const user = await findExistingUser(opened, run.argument);
      await opened.gate.directory.signUps.reject(run.argument);
      opened.note(actionOn('reject_sign_up', user));
      return {
        json: { rejected: { user: user.username } },
        text: `The sign-up of ${printable(user.username)} is rejected`,
      };
    }),
};
