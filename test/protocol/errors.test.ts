import {
  asOAuthError,
  ConfigurationError,
  OAuthError,
  printPath,
  StoreUnavailableError,
  temporarilyUnavailable,
  type OAuthErrorCode,
} from '../../src/protocol/errors';

test('S-162 every code has the status that its RFC requires', () => {
  const statuses: Record<OAuthErrorCode, number> = {
    invalid_request: 400,
    invalid_client: 401,
    invalid_grant: 400,
    unauthorized_client: 400,
    unsupported_grant_type: 400,
    invalid_scope: 400,
    invalid_target: 400,
    unsupported_response_type: 400,
    access_denied: 403,
    login_required: 400,
    consent_required: 400,
    request_not_supported: 400,
    request_uri_not_supported: 400,
    invalid_token: 401,
    insufficient_scope: 403,
    server_error: 500,
    temporarily_unavailable: 503,
  };
  for (const [code, status] of Object.entries(statuses)) {
    expect(new OAuthError(code as OAuthErrorCode, 'x')).toMatchObject({ code, status, message: 'x', headers: {} });
  }
  expect(new OAuthError('invalid_request', 'x', { status: 413 }).status).toBe(413);
});

test('S-164 S-037 any thrown value becomes a response in fixed words, and its own text stays private', () => {
  const hostile = {
    get message(): string {
      throw new Error('canary');
    },
  };
  const thrown: readonly unknown[] = [
    ...[undefined, null, 0, '', 'canary', Object.freeze({ error: 'canary' }), hostile, Symbol('canary')],
    ...[new TypeError('canary'), Object.assign(new Error('canary'), { status: 200, code: 'ECONNREFUSED canary' })],
  ];
  for (const one of thrown) {
    const error = asOAuthError(one);
    expect(error).toMatchObject({
      code: 'server_error',
      status: 500,
      message: 'The server met an unexpected condition.',
    });
    expect(error.cause).toBe(one);
    expect(
      JSON.stringify({ error: error.code, error_description: error.message, headers: error.headers }),
    ).not.toContain('canary');
  }
});

test('S-304 an unavailable store becomes a 503 with Retry-After', () => {
  const error = asOAuthError(new StoreUnavailableError('ECONNREFUSED'));
  expect(error).toMatchObject({ code: 'temporarily_unavailable', status: 503, headers: { 'Retry-After': '1' } });
  expect(error.message).not.toContain('ECONNREFUSED');
  expect(temporarilyUnavailable('store_away', 'x')).toMatchObject({ status: 503, reason: 'store_away', cause: 'x' });
});

test('a refusal stays unchanged', () => {
  const error = new OAuthError('invalid_grant', 'The user name or the password is wrong.', { cause: 'private' });
  expect(asOAuthError(error)).toBe(error);
  expect('cause' in new OAuthError('invalid_grant', 'x')).toBe(false);
});

test('faulty options are printed as they are written in code', () => {
  expect(printPath([])).toBe('');
  expect(printPath(['applications', 0, 'grantTypes', 12])).toBe('applications[0].grantTypes[12]');
  const faults = [
    { path: ['issuer'], problem: 'is missing' },
    { path: ['users', 1, 'roles'], problem: 'must be a list' },
  ];
  const error = new ConfigurationError(faults);
  expect(error.message).toBe(
    '2 options are wrong:\n  issuer: is missing\n  users[1].roles: must be a list\nSee docs/errors.md#err_scopegate_option',
  );
  expect(error.faults).toBe(faults);
  expect(error).toBeInstanceOf(Error);
});
