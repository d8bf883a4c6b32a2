import { DirectoryError } from '../../protocol/errors';
import { required } from '../arguments';
import type { Command } from '../command';
import { Problem } from '../failure';
import { nearestOf } from '../nearest';
import { withGate } from '../operator-gate';
import { printable } from '../printed-table';
import { STORE_FLAGS } from '../store-flags';
import { checkApis, checkPlan, findCreated, SUBSCRIPTION_FLAGS } from './application-rights';
import { actionOn } from './applications';

export const applicationsChangePlan: Command = {
  words: ['applications', 'change-plan'],
  argument: 'KEY',
  summary: 'Changes the plan of a subscription. Tokens stay valid.',
  notes: [
    'KEY is any consumer key of the application, or its id. The names of APIs and plans are in the options of the gates,',
    'so it needs --config or --options. Unlike applications subscribe it never subscribes.',
  ],
  flags: {
    ...SUBSCRIPTION_FLAGS,
    ...STORE_FLAGS,
  },
  run: async (run) => {
    const api = required(run.values, 'api');
    const plan = required(run.values, 'plan');
    return withGate(run, async (opened) => {
      const application = await findCreated(opened, run.argument);
      checkApis(opened, [api]);
      checkPlan(opened, api, plan);
      const { applications } = opened.gate.directory;
      const changed = await applications.changePlan(application.id, api, plan).catch((error: unknown) => {
        if (!(error instanceof DirectoryError) || error.code !== 'ERR_SCOPEGATE_NOT_FOUND') throw error;
        throw new Problem(`The application has no such subscription${nearestOf(api, application.subscriptions)}`);
      });
      opened.note(actionOn('change_plan', application, { detail: `${api} to ${plan}` }));
      const text = `The application ${printable(application.name)} now has the plan ${printable(plan)} of ${printable(api)}`;
      return { json: { ...changed, declared: false }, text };
    });
  },
};
