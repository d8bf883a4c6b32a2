import { DirectoryError } from '../../protocol/errors';
import type { PendingRequest } from '../../directory/pending-requests';
import { required } from '../arguments';
import type { Command, Flags, Run, Values } from '../command';
import { Problem } from '../failure';
import { nearestOf } from '../nearest';
import { withGate } from '../operator-gate';
import { printable, printInstant, printTable } from '../printed-table';
import { STORE_FLAGS } from '../store-flags';
import { checkApis, findCreated } from './application-rights';
import { actionOn } from './applications';

const HEADS = ['REQUEST', 'APPLICATION', 'ID', 'OWNER', 'API', 'PLAN', 'REQUESTED BY', 'REQUESTED'];

const rowOf = ({ id, application, api, plan, requestedBy, requestedAt }: PendingRequest) => [
  id,
  application.name,
  application.id,
  application.owner ?? '-',
  api,
  plan ?? '-',
  requestedBy ?? '-',
  printInstant(requestedAt),
];

export const applicationsRequests: Command = {
  words: ['applications', 'requests'],
  summary: 'Lists the subscriptions that wait for approval; of each organization the oldest first.',
  flags: STORE_FLAGS,
  run: async (run) => {
    const requests = await withGate(run, async ({ gate }) => {
      const found: PendingRequest[] = [];
      for await (const request of gate.directory.applications.requests()) found.push(request);
      return found;
    });
    return { json: requests, text: printTable(HEADS, requests.map(rowOf)) };
  },
};

const FLAGS: Flags = {
  api: { value: 'NAME', doc: 'name of the API' },
  request: { value: 'ID', doc: 'refuses the decision if the pending request is another one' },
};

const requestIn = ({ request }: Values): { readonly request?: string } => (request === undefined ? {} : { request });

/** Explains that there is no such pending request. */
const refuseUnknown = (error: unknown, api: string, pending: readonly string[]): never => {
  if (!(error instanceof DirectoryError) || error.code !== 'ERR_SCOPEGATE_NOT_FOUND') throw error;
  throw new Problem(`The application has no such pending request${nearestOf(api, pending)}`);
};

interface Decision {
  readonly verb: 'approve' | 'reject';
  readonly done: 'approved' | 'rejected';
  readonly needsApis: boolean;
}

const deciding =
  ({ verb, done, needsApis }: Decision) =>
  async (run: Run) => {
    const api = required(run.values, 'api');
    const { reason } = run.values;
    return withGate(run, async (opened) => {
      const { id, name, organization, requests = [] } = await findCreated(opened, run.argument);
      if (needsApis) checkApis(opened, [api]);
      const pending = requests.filter(({ rejected }) => rejected === undefined);
      const plan = pending.find((request) => request.api === api)?.plan;
      const options = { ...requestIn(run.values), ...(reason === undefined ? {} : { reason }) };
      const { applications } = opened.gate.directory;
      const changed = await applications[verb](id, api, options).catch((error: unknown) =>
        refuseUnknown(
          error,
          api,
          pending.map((request) => request.api),
        ),
      );
      const detail = plan === undefined ? api : `${api} with the plan ${plan}`;
      const target = { name, ...(organization === undefined ? {} : { organization }) };
      opened.note(actionOn(`${verb}_subscription`, target, { detail }));
      const text = `The subscription of the application ${printable(name)} to ${printable(detail)} is ${done}`;
      return { json: { ...changed, declared: false }, text };
    });
  };

export const applicationsApprove: Command = {
  words: ['applications', 'approve'],
  argument: 'KEY',
  summary: 'Approves a subscription that was requested, with the plan of the request.',
  notes: [
    'KEY is any consumer key of the application, or its id. The names of APIs and plans are in the options of the gates,',
    'so it needs --config or --options.',
  ],
  flags: { ...FLAGS, ...STORE_FLAGS },
  run: deciding({ verb: 'approve', done: 'approved', needsApis: true }),
};

export const applicationsReject: Command = {
  words: ['applications', 'reject'],
  argument: 'KEY',
  summary: 'Rejects a subscription that was requested. The owner of the application reads the reason.',
  notes: ['KEY is any consumer key of the application, or its id.'],
  flags: { ...FLAGS, reason: { value: 'TEXT', doc: 'at most 200 characters' }, ...STORE_FLAGS },
  run: deciding({ verb: 'reject', done: 'rejected', needsApis: false }),
};
