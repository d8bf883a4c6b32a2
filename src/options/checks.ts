// Management calls read their arguments with the same checks, so they are in a layer that both may use.
export { Checks, type Path } from '../protocol/checks';
