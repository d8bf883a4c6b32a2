import type { EndingModel } from './ending-model';
import { applyChange } from './declared-changes';
import type { Declarations } from '../../support/gate/in-process-gate';
import { localName, organizationOf, ownerIn, passwordText, secretText } from './names';
import type { RestartOperation } from './operation';
import type { Opening } from './pair-of-gates';
import type { Step } from './step';
import type { World } from './world';

const NOTHING: Declarations = {};

/** The options that declare what is declared in the model. */
const declarationsOf = ({ directory }: EndingModel): Declarations => ({
  organizations: [...directory.organizations].flatMap(([key, { isDeclared }]) => (isDeclared ? [{ key }] : [])),
  users: [...directory.users].flatMap(([user, { isDeclared, password, roles }]) =>
    isDeclared
      ? [{ username: localName(user), organization: organizationOf(user), password: passwordText(password), roles }]
      : [],
  ),
  applications: [...directory.applications].flatMap(([key, { isDeclared, organization, secrets, scopes }]) => {
    const consumerSecret = secretText(secrets.at(-1) ?? 0);
    const declared = { name: key, owner: ownerIn(organization), consumerKey: key, consumerSecret };
    return isDeclared ? [{ ...declared, ...(scopes === undefined ? {} : { scopes }) }] : [];
  }),
});

export const openingOf = (model: EndingModel): Opening => {
  const declarations = declarationsOf(model);
  return { A: declarations, B: model.isGuardOnly ? NOTHING : declarations };
};

const restart = (
  { model }: World,
  { order, change }: Extract<RestartOperation, { readonly do: 'restart' }>,
): Step | undefined => {
  const what = applyChange(model.directory, change);
  if (what === undefined) return undefined;
  model.isGuardOnly = false;
  const opening = openingOf(model);
  if (order === 'together') {
    return { what: `both gates restart: ${what}`, restart: (gates) => gates.restartTogether(opening) };
  }
  return {
    what: `gate A and then gate B restart: ${what}`,
    restart: async (gates) => {
      await gates.restart('A', opening.A);
      await gates.restart('B', opening.B);
    },
  };
};

export const restartStep = (world: World, operation: RestartOperation): Step | undefined => {
  if (operation.do === 'restart') return restart(world, operation);
  const { model } = world;
  if (operation.do === 'guardOnly') {
    if (model.isGuardOnly) return undefined;
    model.isGuardOnly = true;
    return {
      what: 'gate B restarts without declarations, and only guards',
      restart: (gates) => gates.restart('B', NOTHING),
    };
  }
  const { at } = operation;
  if (at === 'B') model.isGuardOnly = false;
  const opening = openingOf(model);
  return { what: `gate ${at} restarts as it was`, restart: (gates) => gates.restart(at, opening[at]) };
};
