// Printable ASCII without upper-case letters that ends neither in a dot nor in a blank: its folded form is itself.
const FOLDED_ALREADY = /^[!-@[-~]*[!-\-/-@[-~]$/;

/**
 * The form in which routers, file systems and databases that ignore small differences compare a decoded path segment:
 * without regard to case, Unicode compatibility, invisible characters, and dots and blanks at the end.
 */
export const foldSegment = (text: string): string => {
  if (FOLDED_ALREADY.test(text)) return text;
  return text
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}+/gu, '')
    .replace(/[.\s]+$/u, '');
};
