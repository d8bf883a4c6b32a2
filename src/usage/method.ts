/** The methods of RFC 9110 §9.1 and PATCH (RFC 5789). */
const KNOWN: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Returns the method, or `OTHER` if it is not a known one, so that clients cannot invent methods to be stored. */
export const boundedMethod = (method: string): string => (KNOWN.has(method) ? method : 'OTHER');
