import fc from 'fast-check';
import { firstParagraph, prose } from '../../src/pages/prose';
import { anyText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';
import { computedMs } from '../support/time/timing';

const rendered = (text: string): string =>
  prose(text)
    .text.replaceAll(/\s+/g, ' ')
    .replaceAll(/> <(?=\/?(?:p|ul|ol|li|pre|div)\b)/g, '><');
const inside = (text: string): string => /^<div class="prose">(.*)<\/div>$/.exec(rendered(text))?.[1]?.trim() ?? '';

describe('a description', () => {
  it.each([
    ['One.\nStill one.\n\nTwo.', '<p>One. Still one.</p><p>Two.</p>'],
    ['- a\n- b\n  more\n* c', '<ul><li>a</li><li>b more</li><li>c</li></ul>'],
    ['1. a\n2. b', '<ol><li>a</li><li>b</li></ol>'],
    ['Lists:\n- a', '<p>Lists:</p><ul><li>a</li></ul>'],
    ['# Limits\nTen.', '<p><strong>Limits</strong></p><p>Ten.</p>'],
    ['Use `GET /` **now**.', '<p>Use <code>GET /</code> <strong>now</strong>.</p>'],
    [
      'See [terms](https://example.com/terms?a=1).',
      '<p>See <a href="https://example.com/terms?a=1" rel="noreferrer">terms</a>.</p>',
    ],
    ['```json\n{\n  "a": 1\n}\n```', '<pre tabindex="0">{ &quot;a&quot;: 1 }</pre>'],
  ])('%j is rendered', (text, expected) => {
    expect(inside(text)).toBe(expected);
  });

  it.each([
    '<script>alert(1)</script>',
    '[x](javascript:alert(1))',
    '[x](http://example.com)',
    '[x](https://user:password@example.com)',
    '[x](https://example.com" onclick="alert(1))',
    '`<b>`',
    '**<img src=x onerror=alert(1)>**',
    '- <iframe>',
    '```\n</pre><script>\n```',
    '![x](https://example.com/x.png)',
  ])('%j adds neither an element nor an address that is not https', (text) => {
    const html = rendered(text);
    expect(html).not.toMatch(/<(?:script|img|iframe|b)\b/);
    const addresses = [...html.matchAll(/href="([^"]*)"/g)].map(([, address = '']) => address);
    expect(addresses.filter((address) => !address.startsWith('https://example.com/'))).toEqual([]);
  });

  it('consists of known elements only, whatever it is', () => {
    const written = fc.oneof(
      anyText(),
      fc
        .array(
          fc.constantFrom(
            '`',
            '**',
            '[',
            '](https://a.example/',
            ')',
            '\n',
            '\n\n',
            '- ',
            '# ',
            '```',
            '<b>',
            '"',
            'a',
          ),
        )
        .map((parts) => parts.join('')),
    );
    const known =
      /^<(?:\/?(?:div|p|ul|ol|li|code|strong|pre|a)|div class="prose"|pre tabindex="0"|a href="https:\/\/[^"<>]*" rel="noreferrer")>$/;
    assertProperty(
      fc.property(written, (text) => {
        const tags = prose(text).text.match(/<[^>]*>/g) ?? [];
        expect(tags.filter((tag) => !known.test(tag))).toEqual([]);
      }),
    );
  });

  it.each(['[', '`', '**', '- ', '[a](https://', '```\n', '# '])('of 10,000 characters of %j is quick', (part) => {
    const before = computedMs();
    prose(part.repeat(10_000 / part.length));
    expect(computedMs() - before).toBeLessThan(500);
  });

  it('begins with a paragraph that summarizes it', () => {
    expect(firstParagraph('# Orders of `tea` and [more](https://example.com/)\n\nAll else.')).toBe(
      'Orders of tea and more',
    );
    expect(firstParagraph('a'.repeat(500))).toBe(`${'a'.repeat(199)}…`);
    expect(firstParagraph(undefined)).toBe('');
  });
});
