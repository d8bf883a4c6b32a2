import { required } from '../arguments';
import type { Command } from '../command';
import { Problem } from '../failure';
import { withGate } from '../operator-gate';
import { mayBeUser, normalUser } from '../owner';
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
      if (!(await mayBeUser(opened, user))) throw new Problem('There is no user of this name');
      return { json: { ended: { user } }, text: `All sessions of the user ${printable(user)} have ended` };
    });
  },
};
