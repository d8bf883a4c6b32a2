import type { PortalVisitor } from './visitor';

const wordsOf = (html: string): string =>
  html
    .replaceAll('<wbr />', '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** The entries of the audit that an administrator sees, newest first, without the filter, which names every action. */
export const auditEntries = async (administrator: PortalVisitor): Promise<readonly string[]> => {
  const { text } = await administrator.get('/admin/audit');
  const [, ...rows] = text.match(/<tr role="row">[\s\S]*?<\/tr>/g) ?? [];
  return rows.map(wordsOf);
};
