import { applicationStyles } from './application-styles';
import { badgeStyles } from './badge-styles';
import { baseStyles } from './base-styles';
import { buttonStyles } from './button-styles';
import { cardStyles } from './card-styles';
import { chartStyles } from './chart-styles';
import { codeStyles } from './code-styles';
import { catalogueStyles } from './catalogue-styles';
import type { Colour } from './colour';
import { formStyles } from './form-styles';
import { headerStyles } from './header-styles';
import { noticeStyles } from './notice-styles';
import { DEFAULT_ACCENT } from './palette';
import { tableStyles } from './table-styles';
import { tokenStyles } from './token-styles';
import { tryItStyles } from './try-it-styles';

const PARTS = [
  baseStyles,
  headerStyles,
  buttonStyles,
  formStyles,
  tableStyles,
  cardStyles,
  badgeStyles,
  codeStyles,
  noticeStyles,
  catalogueStyles,
  chartStyles,
  tryItStyles,
  applicationStyles,
];

/** Returns the stylesheet of all pages. @param accent colour of links and buttons, changed as far as contrast requires */
export const createStylesheet = (accent: Colour = DEFAULT_ACCENT): string => tokenStyles(accent) + PARTS.join('');
