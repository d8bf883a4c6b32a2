// Printable ASCII without upper-case letters that ends neither in a dot nor in a blank: its folded form is itself.
const FOLDED_ALREADY = /^[!-@[-~]*[!-\-/-@[-~]$/;

const isDotOrBlank = (character: string | undefined): boolean => character === '.' || character?.trim() === '';

/** By hand, since a pattern that is anchored at the end alone takes quadratic time. */
const withoutEnd = (text: string): string => {
  let end = text.length;
  while (end > 0 && isDotOrBlank(text[end - 1])) end -= 1;
  return text.slice(0, end);
};

/**
 * The form in which routers, file systems and databases that ignore small differences compare a decoded path segment:
 * without regard to case, Unicode compatibility, invisible characters, and dots and blanks at the end.
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
