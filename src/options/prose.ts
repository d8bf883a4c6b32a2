import { text, type Row } from './row';

/** A description for people, whose paragraphs, lists, code and links the pages render. */
export const prose = ({
  doc,
  defaultText = 'none',
}: {
  readonly doc: string;
  readonly defaultText?: string;
}): Row<string | undefined, readonly []> =>
  text({
    pattern: /^(?:[^\p{Cc}]|[\n\r\t]){1,10000}$/u,
    rule: 'a string of 1 to 10000 characters',
    defaultText,
    doc,
  });
