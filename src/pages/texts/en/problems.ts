import { phrases } from './phrases';

const titles: Readonly<Record<number, string>> = {
  400: 'Invalid request',
  408: 'Request timed out',
  413: 'Request too large',
  415: 'Invalid request',
  429: 'Too many attempts',
};

const sentences: Readonly<Record<number, string>> = {
  400: 'The browser sent a request that this page cannot read. Go back and try again.',
  408: 'The form did not arrive in time. Go back and try again.',
  413: 'The form is too large. Shorten it and try again.',
  415: 'The browser sent the form in a format that this page cannot read.',
  429: 'There were too many attempts from your network.',
};

/** Texts of error pages. */
export const problems = {
  back: 'Back to the portal',
  /** Titles by status. */
  titles,
  /** Sentences by status, for errors without one of their own. */
  sentences,
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
  unexpected: {
    title: 'Something went wrong',
    sentence: 'The server could not answer. Try again. If that fails as well, inform the operator of the gateway.',
  },
  tryAgainIn: (seconds: number) => `Try again in ${phrases.duration(seconds)}.`,
};
