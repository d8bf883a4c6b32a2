import { phrases } from './phrases';

const titles: Readonly<Record<number, string>> = {
  400: 'Invalid request',
  408: 'Request timed out',
  413: 'Request too large',
  415: 'Invalid request',
  429: 'Too many attempts',
};

/** Texts of error pages. */
export const problems = {
  back: 'Back to the portal',
  /** Titles by status. */
  titles,
  notFound: { title: 'Not found', sentence: 'This page does not exist or is not yours.' },
  forged: {
    title: 'Form expired',
    sentence: 'This form has expired. Nothing was changed. Open the page again, or sign in, and try again.',
  },
  incomplete: { title: 'Incomplete form', sentence: 'The form is incomplete. Reload the page and try again.' },
  sentTwice: {
    title: 'Already submitted',
    sentence:
      'This form was already submitted. Check the application page. If you missed the secret, add a new one there.',
  },
  readOnly: {
    title: 'Read-only',
    sentence: "This is managed in the gateway's configuration. You can't change it here.",
  },
  notAllowed: { title: 'Not allowed', sentence: 'This page does not support this request method.' },
  inUse: 'Already in use',
  notPossible: 'Not possible',
  unavailable: { title: 'Temporarily unavailable', sentence: 'Please try again in a moment.' },
  unexpected: { title: 'Something went wrong', sentence: 'The server met an unexpected condition.' },
  tryAgainIn: (seconds: number) => `Try again in ${phrases.duration(seconds)}.`,
};
