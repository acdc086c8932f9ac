/** What a new record starts from. */
export interface SkeletonFacts {
  title: string;
  number: string;
  /** ISO date. */
  date: string;
  layout: Layout;
  /** What triggered, as sentences: "migrations/1.sql: the database schema". */
  reasons?: readonly string[];
  /** Globs for `affects:`. */
  affects?: readonly string[];
  /** The record it takes the place of. */
  supersedes?: { number: string; name: string } | null;
}

/** How a repository writes its records. */
export type Layout = 'nygard' | 'madr';

/** The layout most of the given records have; Nygard's where there are none. */
export function layoutOf(texts: readonly string[]): Layout {
  const madr = texts.filter((text) =>
    /^#{2,3}\s+(?:considered options|decision outcome|context and problem statement)\b/im.test(text),
  ).length;
  return madr * 2 > texts.length ? 'madr' : 'nygard';
}

/** A record to fill in. All it asks stands in braces, which count as nobody's words until somebody replaces them. */
export function writeSkeleton(facts: SkeletonFacts): string {
  return facts.layout === 'madr' ? madr(facts) : nygard(facts);
}

function nygard({ title, number, date, reasons = [], affects = [], supersedes }: SkeletonFacts): string {
  return [
    `# ${Number(number)}. ${oneLine(title)}`,
    `Date: ${date}`,
    ...(affects.length > 0 ? [`Affects: ${affects.map(oneLine).join(', ')}`] : []),
    '## Status',
    'Proposed',
    ...(supersedes ? [`Supersedes [${Number(supersedes.number)}](${supersedes.name})`] : []),
    ...remark(reasons),
    '## Context',
    '{What is the case now? What forces a decision, and what limits it?}',
    '## Decision',
    '{We will …}',
    '## Alternatives',
    '{Each other way that was looked at, and why it lost. Doing nothing is one of them.}',
    '## Consequences',
    '{What becomes easier, what becomes harder, what has to be watched?}',
    '',
  ].join('\n\n');
}

function madr({ title, date, reasons = [], affects = [], supersedes }: SkeletonFacts): string {
  const front = [
    '---',
    'status: proposed',
    `date: ${date}`,
    'decision-makers: ',
    ...(affects.length > 0 ? ['affects:', ...affects.map((glob) => `  - ${JSON.stringify(oneLine(glob))}`)] : []),
    ...(supersedes ? [`supersedes: ${supersedes.name}`] : []),
    '---',
  ].join('\n');
  return [
    front,
    `# ${oneLine(title)}`,
    ...remark(reasons),
    '## Context and Problem Statement',
    '{What is the case now? What forces a decision, and what limits it?}',
    '## Considered Options',
    '* {one way, and what speaks for and against it}\n* {another way}\n* {doing nothing}',
    '## Decision Outcome',
    '{Which option, and why it won.}',
    '### Consequences',
    '{What becomes easier, what becomes harder, what has to be watched?}',
    '',
  ].join('\n\n');
}

/** What asked for the record: for whoever fills it in, and gone where it is shown. */
function remark(reasons: readonly string[]): string[] {
  if (reasons.length === 0) return [];
  const lines = reasons.map((reason) => `  - ${oneLine(reason).replaceAll('--', '—').replaceAll('>', '›')}`);
  return [`<!-- What this change touches, and so what the record should speak of:\n${lines.join('\n')}\n-->`];
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
}
