import { printRelative } from '../../src/pages/relative-time';

it.each([
  [0, 'now', 'jetzt'],
  [-0.4, 'now', 'jetzt'],
  [-1, '1 second ago', 'vor 1 Sekunde'],
  [59 * 60, 'in 59 minutes', 'in 59 Minuten'],
  [-86_400, '1 day ago', 'vor 1 Tag'],
])('a time span of %s seconds is written as "%s", in German as "%s"', (seconds, english, german) => {
  expect([printRelative(seconds, 'en'), printRelative(seconds, 'de')]).toEqual([english, german]);
});
