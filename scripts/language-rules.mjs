/** Names and phrases that are not used. `instead` is the replacement, for the message. */
export const RULES = [
  { found: /\b(?:MOST|LEAST|LONGEST|SHORTEST)_[A-Z]/, instead: 'MAX_ or MIN_' },
  {
    found: /\b(?:forNobody|usersAre|takeAsLong|wasUsed)\b/,
    instead: 'forClientItself, userSource, spendEqualTime, onAllowed',
  },
  { found: /\b(?:findInStore|findPresent|lookForClient|recallClient)\b/, instead: 'peekX, findX or findFreshX' },
  { found: /\b(?:whoever|nobody|somebody)\b/i, instead: 'the caller, the client, the user: the one that is meant' },
  { found: /\b(?:other hands|hands in)\b/i, instead: 'external changes, passes in' },
  { found: /\b(?:by now|a moment ago)\b/i, instead: 'now, current, cached: what is meant' },
  { found: /\bat once\b/i, instead: 'immediately, or concurrently' },
  { found: /\bbelieved?s?\b/i, instead: 'trusted, used' },
  {
    found: /\b(?:forgets?|forgotten|remembers?|remembered)\b/i,
    instead: 'deletes, evicts, invalidates; caches, stores',
  },
  { found: /\b(?:sees|hears?|heard)\b/i, instead: 'receives, reads, is notified' },
  { found: /\b(?:told|tells?)\b/i, instead: 'logs, emits, returns, notifies, receives' },
  { found: /\b(?:looked at|looks at)\b/i, instead: 'reads, checks' },
  { found: /\b(?:a|the) Stores?\b/, instead: 'the portal; "API Store" in texts that its users read' },
  {
    found: /(?:\/\*\*|^\s*\*) (?:What|Whether|Who|Whose|Where|As it)\b/,
    instead: 'a noun or a verb to begin a sentence with',
  },
];
