// Printable ASCII without upper-case letters, not ending in a dot or a blank: already in folded form.
const FOLDED_ALREADY = /^[!-@[-~]*[!-\-/-@[-~]$/;

const isDotOrBlank = (character: string | undefined): boolean => character === '.' || character?.trim() === '';

/** Strips trailing dots and blanks. Not by a pattern: one that is anchored only at the end takes quadratic time. */
const withoutEnd = (text: string): string => {
  let end = text.length;
  while (end > 0 && isDotOrBlank(text[end - 1])) end -= 1;
  return text.slice(0, end);
};

/**
 * Folds a decoded path segment as routers, file systems and databases that ignore small differences compare it: without
 * regard to case, Unicode compatibility, invisible characters, and trailing dots and blanks.
 */
export const foldSegment = (text: string): string => {
  if (FOLDED_ALREADY.test(text)) return text;
  const folded = text
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return withoutEnd(folded);
};
