import type { Api } from '../../access/api';
import type { Logger } from '../../events/logger';

const MAX_PRINTED = 5;

/** Logs the parts of OpenAPI documents that the portal leaves out because they are faulty, once for each API. */
export const reportDocumentation = (apis: Iterable<Api>, logger: Logger): void => {
  for (const { name, documentation } of apis) {
    const { problems } = documentation;
    if (problems.length === 0) continue;
    logger.warn(
      { api: name, problems: problems.slice(0, MAX_PRINTED).join('; '), count: problems.length },
      'Parts of an OpenAPI document are faulty, and the portal leaves them out',
    );
  }
};
