// The layers of src/, lowest first: the one source of `npm run layers` and of the table in CONTRIBUTING.md.

/**
 * `units` are folders of src/, and files beside them. An import goes to a lower layer, or to a neighbour in the same
 * layer that does not lead back.
 */
export const LAYERS = [
  {
    units: ['protocol', 'events'],
    what: 'the RFCs as pure functions; the events of a gate, their counters and log lines',
  },
  {
    units: ['access', 'tokens', 'directory', 'throttle', 'sessions', 'consents', 'audit', 'quotas', 'usage'],
    what: 'requirements, resources and scope rules; tokens, codes and their life; records of users, organizations and applications; limits on failures; sessions and authorization requests of browsers; consents of users; the audit; plans, limits and how requests are counted against them; the usage of applications',
  },
  {
    units: ['sign-in', 'grants', 'stores'],
    what: 'how users and clients are authenticated; one file per grant type; memory and Redis behind the ports of layer 1',
  },
  {
    units: ['options', 'endpoints', 'guard', 'pages'],
    what: 'reads and validates options; one file per HTTP endpoint; the middleware in front of resources; what HTML pages share',
  },
  {
    units: ['portal', 'authorize'],
    what: 'the portal: its pages and forms; the authorization endpoint with its sign-in and consent pages',
  },
  {
    units: ['portal-loader.ts', 'authorize-loader.ts', 'gate.ts', 'public-gate.ts', 'scopegate.ts'],
    what: 'load the portal and the authorization endpoint on demand; the public type of a gate; the object of that type; the composition root',
  },
  { units: ['index.ts', 'cli'], what: 'the public names, and nothing else; the `scopegate` command' },
];
