import type { Language } from '../pages/texts/languages';
import type { PageAnswer, ProblemAnswer } from '../pages/problem-page';
import type { AuthorizationResponse } from './authorization-response';

/** Result of a request to the authorization endpoint. */
export type Outcome =
  | {
      readonly kind: 'page';
      readonly page: PageAnswer | ProblemAnswer;
      /** @default the language of the browser */
      readonly language?: Language;
      /** Source expressions of the addresses to which a form of the page can lead. Absent if it leads to no client. */
      readonly formsTo?: string;
      readonly cookies?: readonly string[];
    }
  /** 303 to the next step, such as a page of this endpoint. */
  | { readonly kind: 'redirect'; readonly to: string; readonly cookies?: readonly string[] }
  | { readonly kind: 'response'; readonly response: AuthorizationResponse };
