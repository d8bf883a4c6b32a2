import type { Pair, TestGate } from './gate';

/** A user who is created at run time, with the role clerk. */
export const KIM: Pair = ['kim@johnsorg', 'kim-password'];

export const createKim = ({ gate }: Pick<TestGate, 'gate'>) =>
  gate.directory.users.create({ username: 'kim', organization: 'johnsorg', password: KIM[1], roles: ['clerk'] });
