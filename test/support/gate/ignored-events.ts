import type { Emit } from '../../../src/events/emitter';

/** For parts that emit events without listeners. */
export const ignoreEvents: Emit = () => undefined;
