import type { Checks, Path } from './checks';

const MAX_TAGS = 20;

/** Reads the tags of an API, each once. */
export const readTags = (checks: Checks, value: unknown, path: Path): readonly string[] | undefined => {
  const rule = 'a string of 1 to 50 characters';
  const tags = checks
    .list(value, path, MAX_TAGS)
    ?.map((tag, index) => checks.required(tag, [...path, index], /^[^\p{Cc}]{1,50}$/u, rule));
  return tags && [...new Set(tags.filter((tag) => tag !== undefined))];
};
