import { required } from '../arguments';
import type { Command } from '../command';
import { Problem } from '../failure';
import { withGate, type OperatorGate } from '../operator-gate';
import { findApplication, type ListedApplication } from '../owner';
import { printable } from '../printed-table';
import { STORE_FLAGS } from '../store-flags';
import { actionOn } from './applications';

const KEY_NOTE = 'KEY is any consumer key of the application, or its id.';

const findCreated = async (opened: OperatorGate, key: string): Promise<ListedApplication> => {
  const application = await findApplication(opened, key);
  if (!application.declared) return application;
  throw new Problem('The application is declared: change its name in the options and restart or reload the gates');
};

export const applicationsRename: Command = {
  words: ['applications', 'rename'],
  argument: 'KEY',
  summary: 'Changes the display name of an application.',
  notes: [KEY_NOTE],
  flags: { name: { value: 'NAME', doc: 'the new display name' }, ...STORE_FLAGS },
  run: async (run) => {
    const name = required(run.values, 'name');
    return withGate(run, async (opened) => {
      const application = await findCreated(opened, run.argument);
      const changed = await opened.gate.directory.applications.rename(application.id, name);
      opened.note(actionOn('rename_application', application, { detail: `to ${changed.name}` }));
      const text = `The application ${printable(application.name)} is renamed to ${printable(changed.name)}`;
      return { json: { ...changed, declared: false }, text };
    });
  },
};

export const applicationsSetDescription: Command = {
  words: ['applications', 'set-description'],
  argument: 'KEY',
  summary: 'Sets the description of an application, which its owner reads in the portal.',
  notes: [KEY_NOTE, 'It has at most 500 characters. --description none removes it.'],
  flags: { description: { value: 'TEXT', doc: 'the description' }, ...STORE_FLAGS },
  run: async (run) => {
    const given = required(run.values, 'description');
    return withGate(run, async (opened) => {
      const application = await findCreated(opened, run.argument);
      const description = given === 'none' ? undefined : given;
      const changed = await opened.gate.directory.applications.setDescription(application.id, description);
      opened.note(actionOn('describe_application', application));
      const what = description === undefined ? 'no description' : 'a new description';
      return {
        json: { ...changed, declared: false },
        text: `The application ${printable(application.name)} has ${what}`,
      };
    });
  },
};
