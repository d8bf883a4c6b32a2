import { createRateLimitedLogger } from '../../src/events/logger';
import { recordedLogger } from '../support/gate/gate';
import { aClock } from '../support/time/clock';

describe('a message that is logged again and again', () => {
  const someLines = () => {
    const clock = aClock();
    const { logger, lines } = recordedLogger();
    return { clock, limited: createRateLimitedLogger(logger, clock.now), lines };
  };

  it('is written twenty times a minute; the next minute begins with the number of suppressed lines', () => {
    const { clock, limited, lines } = someLines();
    for (let times = 0; times < 25; times += 1) limited.warn({ times }, 'A');
    expect(lines.map(({ fields }) => fields['times'])).toEqual(Array.from({ length: 20 }, (_, times) => times));
    clock.advance(60);
    limited.warn({ times: 25 }, 'A');
    limited.warn({ times: 26 }, 'A');
    expect(lines.slice(20).map(({ fields }) => fields)).toEqual([{ times: 25, suppressed: 5 }, { times: 26 }]);
  });

  it('does not suppress other messages', () => {
    const { limited, lines } = someLines();
    for (let times = 0; times < 25; times += 1) limited.error({}, 'A');
    limited.error({}, 'B');
    expect(lines.at(-1)).toMatchObject({ message: 'B', fields: {} });
  });

  it('is written again after the clock was set back', () => {
    const { clock, limited, lines } = someLines();
    for (let times = 0; times < 25; times += 1) limited.info({}, 'A');
    clock.advance(-3600);
    limited.info({}, 'A');
    expect(lines.slice(20).map(({ fields }) => fields)).toEqual([{ suppressed: 5 }]);
  });
});
