import fc from 'fast-check';
import { groupKeyOf } from '../../src/directory/application-groups';
import { normalFullName, splitName } from '../../src/directory/usernames';
import { anyText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';
import { HOSTILE_NAMES } from '../support/tokens/records';

const expectOneKey = (fullName: string): void => {
  for (const split of [{ name: fullName }, splitName(fullName)]) {
    const normal = normalFullName(split);
    if (normal !== undefined) expect(groupKeyOf({ owner: fullName })).toBe(groupKeyOf({ owner: normal }));
  }
};

it.each([...HOSTILE_NAMES, 'ΑΣ@Johnsorg', 'Weiß@johnsorg', 'JOHN@Gmail.com@JohnsOrg', 'Áda', 'Éve\u0301'])(
  'an owner called %j has one key, in its own spelling and in its normal form',
  expectOneKey,
);

it('an owner has one key, in any spelling and in its normal form, with and without organizations', () => {
  assertProperty(fc.property(anyText({ maxLength: 12 }), expectOneKey), { numRuns: 2_000 });
});
