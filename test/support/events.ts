import type { Emit } from '../../src/events/emitter';

/** For parts that tell what happened where nobody listens. */
export const unheard: Emit = () => undefined;
