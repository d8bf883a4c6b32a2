import type { Answer } from '../pages/answer';
import type { AuthorizationResponse } from './authorization-response';

export type PageAnswer = Extract<Answer, { readonly kind: 'page' }>;

/** Result of a request to the authorization endpoint. */
export type Outcome =
  | {
      readonly kind: 'page';
      readonly page: PageAnswer;
      /** Source expressions of the addresses to which a form of the page can lead. Absent if it leads to no client. */
      readonly formsTo?: string;
      readonly cookies?: readonly string[];
    }
  /** 303 to the next step, such as a page of this endpoint. */
  | { readonly kind: 'redirect'; readonly to: string; readonly cookies?: readonly string[] }
  | { readonly kind: 'response'; readonly response: AuthorizationResponse };
