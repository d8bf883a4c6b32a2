/** Texts of the page on which a user sets a password by a link, and of sign-ups that wait for approval. */
export const setPassword = {
  title: 'Set a password',
  intro: 'You need the link or the code that an administrator of your organization gave you. It works once.',
  code: 'Code',
  codeHint: 'It begins with sgl_. If you opened the link, it is filled in.',
  codeKept: 'The code of your link is kept for this form.',
  button: 'Set password',
  invalid:
    'This code is not valid: it was used, replaced or has expired, or it is incomplete. Ask your administrator for another link.',
  done: 'Password set. Sign in below.',
  requested:
    'If the user name was available, an administrator of your organization now decides about your account. You can sign in once it is approved.',
  waiting: 'Your account waits for the approval of an administrator of your organization.',
  approvalHint: 'An administrator of the organization has to approve your account.',
  signUps: 'Sign-ups',
  signUpsOf: 'Sign-ups that wait for approval',
  noSignUps: 'No sign-up waits for approval.',
  username: 'User name',
  expires: 'Expires',
  approve: 'Approve',
  reject: 'Reject',
};
