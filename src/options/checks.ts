// Management calls read their arguments with the same checks, so the checks are in a layer that both may import.
export { Checks, type Fields, type Path } from '../protocol/checks';
