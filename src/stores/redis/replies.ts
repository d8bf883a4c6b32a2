/** Returns the members of an array reply; none for any other reply. */
export const membersOf = (reply: unknown): readonly unknown[] => (Array.isArray(reply) ? (reply as unknown[]) : []);
