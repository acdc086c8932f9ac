import { PRESET_NAMES } from '../src/config/presets.ts';
import type { Practice } from '../src/practices/define-practice.ts';

/** The table of practices as the README shows it: each with its page, what it asks, and its mode in every preset. */
export function practicesTable(practices: readonly Practice[]): string {
  const head = ['practice', 'what it asks', ...PRESET_NAMES.map((name) => `\`${name}\``)];
  return [row(head), row(head.map(() => '---')), ...practices.map(practiceRow)].join('\n');
}

/** The row of one practice. */
export function practiceRow(practice: Practice): string {
  const modes = PRESET_NAMES.map((name) => practice.presets[name].mode);
  return row([`[\`${practice.id}\`](docs/practices/${practice.id}.md)`, practice.summary, ...modes]);
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
