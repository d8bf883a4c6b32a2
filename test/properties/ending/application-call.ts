import type { InProcessGate } from '../../support/gate/in-process-gate';
import type { ApplicationRecord } from './directory-model';
import type { ClientKey } from './names';
import { verdictOf } from './step';
import { known, type World } from './world';

export type Applications = InProcessGate['gate']['directory']['applications'];

/** The id of a declared application, which no call has returned. */
const idOf = async (on: Applications, key: ClientKey): Promise<string> => {
  for await (const { id, keys } of on.list()) if (keys.production?.clientId === key) return id;
  throw new Error(`no application with ${key} is listed`);
};

/** A call about an application, by its id. */
export const callFor =
  (
    { answers }: World,
    key: ClientKey,
    record: ApplicationRecord,
    act: (on: Applications, id: string) => Promise<unknown>,
  ) =>
  async ({ gate }: InProcessGate): Promise<string> => {
    const { applications } = gate.directory;
    const id = record.isDeclared ? await idOf(applications, key) : known(answers.ids, record.principal);
    return verdictOf(act(applications, id).then(() => 'done'));
  };
