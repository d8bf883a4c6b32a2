/** Letters without a decomposition that accent-insensitive collations (DUCET, Active Directory) equate with others. */
const LETTERS: ReadonlyMap<string, string> = new Map(
  [
    'æ=ae œ=oe ꜳ=aa ꜵ=ao ꜷ=au ꜹ=av ꜻ=av ꜽ=ay ꝏ=oo ꝡ=vy ʣ=dz ʪ=ls ʫ=lz ƾ=ts ʦ=ts ꜩ=tz þ=th',
    'ᵺ=th ỻ=ll ȸ=db ȹ=qp ø=o ꞝ=o đ=d ð=d ħ=h ł=l ŧ=t ı=i ƍ=zw ꞛ=a ꟁ=a ꝺ=d ꝼ=f ᵹ=g ꞡ=g ꞣ=k ꞥ=n',
    'ꝛ=r ꞃ=r ꞧ=r ꞅ=s ꞩ=s ꟙ=s ꞇ=t ꞟ=u ꟃ=w ᴈ=ɜ ᴉ=i ᵎ=i ς=σ ґ=г ꙩ=о ꙫ=о ꙭ=о ꙮ=о ꚙ=о ꚛ=о ך=כ ם=מ',
    'ן=נ ף=פ ץ=צ',
  ]
    .flatMap((line) => line.split(' '))
    .map((pair) => [pair.slice(0, 1), pair.slice(2)]),
);

// White space, marks, interpuncts, and invisible characters (control, format, unassigned, fillers).
const UNSEEN = /[\p{Z}\p{C}\p{M}\p{Default_Ignorable_Code_Point}·]/gu;

const DIGITS_OF_A_SCRIPT = 10;

/** Returns the value of a decimal digit of any script. The digits of a script are consecutive code points. */
const digitValue = (digit: string): string => {
  const code = digit.codePointAt(0) ?? 0;
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((code - first) % DIGITS_OF_A_SCRIPT);
};

const SMALLER_KANA = 'ヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ';
const LARGE_KANA = 'カケクシストヌハヒフヘホムラリルレロ';
const SMALL_KANA = /[ァィゥェォッャュョヮ]/g;
const HIRAGANA_TO_KATAKANA = 0x60;

const foldKana = (text: string): string =>
  text
    .replace(/[ぁ-ゖ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + HIRAGANA_TO_KATAKANA))
    .replace(SMALL_KANA, (kana) => String.fromCharCode(kana.charCodeAt(0) + 1))
    .replace(/[ヵヶㇰ-ㇿ]/g, (kana) => LARGE_KANA[SMALLER_KANA.indexOf(kana)] ?? kana);

const withoutMarks = (text: string): string => text.normalize('NFKD').replace(UNSEEN, '');

/**
 * Returns the key under which failed sign-ins are counted: the same for all spellings of a full name, whether or not
 * such a user can exist. Folds as a case- and accent-insensitive directory behind a `users` function may (MySQL's
 * collations, Active Directory), and slightly more: two accounts that share a counter do less harm than an account with
 * as many counters as spellings.
 */
export const accountOf = (fullName: string): string => {
  const cased = withoutMarks(fullName).toLowerCase().toUpperCase().toLowerCase();
  const letters = withoutMarks(cased).replace(/\P{ASCII}/gu, (letter) => LETTERS.get(letter) ?? letter);
  return foldKana(letters)
    .replace(/[^\P{Nd}\d]/gu, digitValue)
    .replace(/s+/g, 's') // one MySQL collation equates ß with ss, another with s
    .replace(/[\u{10000}-\u{10FFFF}]/gu, '\uFFFD'); // some collations equate all characters beyond 16 bits
};
