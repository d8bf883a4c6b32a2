import { required } from '../arguments';
import type { Command } from '../command';
import { withGate } from '../operator-gate';
import { normalUser, refuseUnknownUser } from '../owner';
import { printable } from '../printed-table';
import { STORE_FLAGS } from '../store-flags';

export const sessionsEnd: Command = {
  words: ['sessions', 'end'],
  summary: 'Ends all sessions of a user at the portal, on all gates. Tokens stay valid.',
  flags: {
    user: { value: 'NAME', doc: 'full name of a user, or the id that a users function returns' },
    ...STORE_FLAGS,
  },
  run: async (run) => {
    const user = required(run.values, 'user');
    return withGate(run, async (opened) => {
      await opened.gate.sessions.end({ user });
      if (normalUser(user) !== user) await opened.literal.sessions.end({ user });
      const { organization } = (await refuseUnknownUser(opened, user)) ?? {};
      opened.note({ action: 'end_sessions', target: user, ...(organization === undefined ? {} : { organization }) });
      return { json: { ended: { user } }, text: `All sessions of the user ${printable(user)} have ended` };
    });
  },
};
