import type { Logger } from '../events/logger';
import type { Drift } from './drift';

const logDrift = ({ unneeded, unobtainable, unsubscribed, ownerless }: Drift, logger: Logger): void => {
  if (unsubscribed.length > 0) {
    logger.warn(
      { apis: unsubscribed.join(', ') },
      'No declared application subscribes to these APIs, so all their tokens are refused there: add the APIs to `subscriptions`',
    );
  }
  for (const { application, owner } of ownerless) {
    logger.warn(
      { application, owner },
      'The owner of this application is not a declared user. Correct `owner`, declare the user, or create it with `gate.directory.users.create`',
    );
  }
  if (unneeded.length > 0) logger.info({ scopes: unneeded.join(', ') }, 'No guard of this process needs these scopes');
  for (const because of new Set(unobtainable.map((found) => found.because))) {
    const scopes = unobtainable.filter((found) => found.because === because).map(({ scope }) => scope);
    logger.info({ scopes: scopes.join(', '), because }, 'No declared user or application can get these scopes');
  }
};

/** Returns a function that logs the drift, once. Call it when everything is mounted. */
export const reportDrift = (drift: () => Drift, logger: Logger): (() => void) => {
  let isReported = false;
  return () => {
    if (isReported) return;
    isReported = true;
    logDrift(drift(), logger);
  };
};
