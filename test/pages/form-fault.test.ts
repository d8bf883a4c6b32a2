import { faultOf, FormError } from '../../src/pages/form-fault';
import { LANGUAGES } from '../../src/pages/texts/languages';
import { DirectoryError } from '../../src/protocol/errors';

const { de } = LANGUAGES;

describe('the fault of a form', () => {
  it('has the sentence of its problem in the language of the page, and the field that it concerns', () => {
    const problem = { name: 'password_too_short', min: 8 } as const;
    expect(faultOf(new DirectoryError('ERR_SCOPEGATE_VALUE', 'password must be longer', problem), de)).toEqual({
      field: 'password',
      sentence: 'Das Passwort muss mindestens 8 Zeichen haben.',
      status: 400,
    });
  });

  it.each([
    ['ERR_SCOPEGATE_VALUE', 400],
    ['ERR_SCOPEGATE_LIMIT', 409],
  ] as const)('does not show the message of an error %s without a problem', (code, status) => {
    const fault = faultOf(new DirectoryError(code, 'name must be a string'), de);
    expect(fault).toEqual({ sentence: de.faults.other, status });
  });

  it('does not show the message about a name that is in use', () => {
    const error = new DirectoryError('ERR_SCOPEGATE_EXISTS', 'the user "zoe" already exists');
    expect(faultOf(error, de)).toEqual({ sentence: de.faults.nameTaken, status: 409 });
  });

  it('keeps the sentence of a form', () => {
    expect(faultOf(new FormError('Geht nicht.', { field: 'x' }), de)).toEqual({
      field: 'x',
      sentence: 'Geht nicht.',
      status: 400,
    });
  });

  it('is absent for other errors', () => {
    expect(faultOf(new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', 'there is no such user'), de)).toBeUndefined();
    expect(faultOf(new Error('x'), de)).toBeUndefined();
  });
});
