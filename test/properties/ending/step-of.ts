import { applicationStep } from './application-steps';
import type { Operation } from './operation';
import { organizationStep } from './organization-steps';
import { restartStep } from './restart-steps';
import { clientCredentialsStep, signInStep } from './sign-in-steps';
import type { Step } from './step';
import { grantStep, sweepStep } from './token-steps';
import { userStep } from './user-steps';
import type { World } from './world';

const decide = (world: World, operation: Operation): Step | undefined => {
  switch (operation.do) {
    case 'useAll':
    case 'refreshAll':
      return sweepStep(world, operation);
    case 'restart':
    case 'restartOne':
    case 'guardOnly':
      return restartStep(world, operation);
    case 'signIn':
    case 'issue':
      return signInStep(world, operation);
    case 'askForItself':
      return clientCredentialsStep(world, operation);
    case 'refresh':
    case 'introspect':
    case 'revokeToken':
      return grantStep(world, operation);
    default:
      if ('organization' in operation && !('key' in operation)) return organizationStep(world, operation);
      return 'user' in operation ? userStep(world, operation) : applicationStep(world, operation);
  }
};

/**
 * Has the model decide an operation, which changes the model.
 * @returns how gates must follow; `undefined` if the operation is not possible now
 */
export const stepOf = (world: World, operation: Operation): Step | undefined => {
  const step = decide(world, operation);
  // A gate that only guards is asked for nothing else.
  const isMoved = world.model.isGuardOnly && step !== undefined && 'at' in step && operation.do !== 'useAll';
  return isMoved ? { ...step, at: 'A' } : step;
};
