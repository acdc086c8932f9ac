import type { ListedWaiver } from '../model/listed-waiver.ts';
import { oneLine } from './escape.ts';

/** How the list of exceptions can be printed. */
export const WAIVER_FORMATS = ['text', 'json', 'csv'] as const;
export type WaiverFormat = (typeof WAIVER_FORMATS)[number];

/** The exceptions of a repository, for people, programs or a spreadsheet. Ends with a line end. */
export function renderWaivers(repository: string, waivers: readonly ListedWaiver[], format: WaiverFormat): string {
  if (format === 'json') return `${JSON.stringify({ version: 1, repository, waivers: waivers.map(toRow) }, null, 2)}\n`;
  if (format === 'csv') return csv(waivers);
  if (waivers.length === 0) return `No waivers on the open pull requests of ${repository}.\n`;
  return `${waivers.map(toLine).join('\n')}\n`;
}

const COLUMNS = ['pullRequest', 'practice', 'by', 'at', 'until', 'commit', 'onHead', 'trust', 'reason'] as const;

function toRow({
  number,
  waiver,
  onHead,
  trust,
}: ListedWaiver): Record<(typeof COLUMNS)[number], string | number | boolean | null> {
  const { practice, by, at, until, commit, reason } = waiver;
  return { pullRequest: number, practice, by: by.login, at, until, commit, onHead, trust, reason };
}

function toLine(listed: ListedWaiver): string {
  const { number, waiver, onHead, trust } = listed;
  const until = waiver.until === null ? '' : `, until ${waiver.until}`;
  const held = onHead ? '' : ', for an earlier commit';
  const unsure = trust === 'signed' ? '' : ' (signature not verified)';
  return oneLine(
    `#${number} ${waiver.practice}: ${waiver.by.login}, ${waiver.at}${until}${held}: ${waiver.reason}${unsure}`,
    1_000,
  );
}

function csv(waivers: readonly ListedWaiver[]): string {
  const rows = waivers.map((waiver) => {
    const row = toRow(waiver);
    return COLUMNS.map((column) => cell(row[column]));
  });
  return [COLUMNS, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** Quoted as RFC 4180 wants; what a spreadsheet would take for a formula begins with an apostrophe. */
function cell(value: string | number | boolean | null): string {
  const text = oneLine(String(value ?? ''), 2_000);
  const harmless = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
