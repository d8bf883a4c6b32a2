import { isGrantId, type GrantId } from '../../protocol/secrets';

/** Returns the members of an array reply; none for any other reply. */
export const membersOf = (reply: unknown): readonly unknown[] => (Array.isArray(reply) ? (reply as unknown[]) : []);

/** Returns the members of an array reply that are ids of grants. */
export const grantIdsOf = (reply: unknown): readonly GrantId[] =>
  membersOf(reply).filter((member): member is GrantId => typeof member === 'string' && isGrantId(member));
