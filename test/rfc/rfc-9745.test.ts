import { ConfigurationError } from 'scopegate';
import { aGate, JOHN } from '../support/gate/gate';
import { thrownBy } from '../support/expect/thrown';
import { clientForm, passwordForm, refreshForm } from '../support/tokens/forms';

/** 2027-01-01T00:00:00Z. */
const NEW_YEAR = 1_798_761_600;

const announcing = (passwordGrant: { deprecation?: string | Date; sunset?: string | Date }) => aGate({ passwordGrant });

describe('RFC 9745', () => {
  it('§2.1 Deprecation is a date of structured fields: an at sign and whole epoch seconds', async () => {
    for (const deprecation of ['2027-01-01', '2027-01-01T00:00:00Z', new Date(NEW_YEAR * 1000 + 999)]) {
      const { headers } = await announcing({ deprecation }).token(passwordForm(JOHN)).expect(200);
      expect(headers['deprecation']).toBe(`@${NEW_YEAR}`);
      expect(headers).not.toHaveProperty('sunset');
    }
  });

  it('§2.1 the date may be in the past', async () => {
    const gate = announcing({ deprecation: '2020-06-30T23:59:59Z' });
    await gate.token(passwordForm(JOHN)).expect(200).expect('Deprecation', '@1593561599');
  });

  it('§2.2 only responses to the password grant have it, success or refusal', async () => {
    const gate = announcing({ deprecation: '2027-01-01', sunset: '2027-07-01' });
    const { refresh_token: refreshToken } = await gate.signIn();
    const password = passwordForm(JOHN);
    const announced = [
      await gate.token(password).expect(200),
      await gate.token({ ...password, password: 'wrong' }).expect(400),
      await gate.token(password, ['key', 'wrong']).expect(401),
      await gate.token({ grant_type: 'password' }).expect(400),
    ];
    for (const { headers } of announced) expect(headers).toMatchObject({ deprecation: `@${NEW_YEAR}` });
    const others = [
      await gate.token(refreshForm(refreshToken)).expect(200),
      await gate.token(clientForm()).expect(200),
      await gate.token({ grant_type: 'none' }).expect(400),
      await gate.token({}).expect(400),
      await gate.postTo('/revoke', { token: 'x', grant_type: 'password' }).expect(200),
      await gate.get('/orders').expect(401),
    ];
    for (const { headers } of others) expect(Object.keys(headers)).not.toContain('deprecation');
    for (const { headers } of others) expect(Object.keys(headers)).not.toContain('sunset');
  });

  it('§4 a sunset that is earlier than the deprecation is refused when the gate is created', () => {
    const thrown = thrownBy(() => announcing({ deprecation: '2027-01-02', sunset: '2027-01-01' }));
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect(String(thrown)).toContain('passwordGrant.sunset: must not be earlier than `deprecation`');
    expect(() => announcing({ deprecation: '2027-01-01', sunset: '2027-01-01' })).not.toThrow();
  });

  it('§5 does not change what the server does: after both dates the grant still works', async () => {
    const gate = announcing({ deprecation: '2020-01-01', sunset: '2020-07-01' });
    await gate.token(passwordForm(JOHN)).expect(200);
  });
});

describe('RFC 8594', () => {
  it('§3 Sunset is an HTTP date', async () => {
    const gate = announcing({ sunset: '2027-07-01' });
    const { headers } = await gate.token(passwordForm(JOHN)).expect(200);
    expect(headers['sunset']).toBe('Thu, 01 Jul 2027 00:00:00 GMT');
    expect(headers).not.toHaveProperty('deprecation');
  });
});
