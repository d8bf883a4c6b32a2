import type { Html } from '../../pages/html';
import { notice, remarkOf } from '../../pages/notice';
import type { Visit } from '../visit';

/** Renders the remark that the `done` parameter names, after the redirect from a form. */
export const doneRemark = ({ query }: Visit, remarks: Readonly<Record<string, string>>): Html | undefined => {
  const remark = remarkOf(remarks, query.get('done'));
  return remark === undefined ? undefined : notice('done', remark);
};
