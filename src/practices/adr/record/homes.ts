import { baseName } from '../../../model/package-files.ts';

/** Where teams keep their records, most usual first. */
const KNOWN_HOMES: readonly string[] = [
  'docs/adr',
  'docs/adrs',
  'doc/adr',
  'doc/adrs',
  'docs/decisions',
  'docs/architecture/decisions',
  'doc/architecture/decisions',
  'docs/architecture/adr',
  'architecture/decisions',
  'adr',
  'adrs',
];

/** The folders of records in force: a configured one stands alone, otherwise any of the usual ones may be it. */
export function homesFor(directory: string): readonly string[] {
  return directory === 'docs/adr' ? KNOWN_HOMES : [directory];
}

/** Pages that live beside records and are none. */
const NO_RECORD = /^(?:readme|index|template|adr-template|.*[-_.]template|about|contributing)\.(?:md|markdown|mdx)$/i;

/** True for a path that may be a record: Markdown in a folder of records, of the repository or of one of its packages. */
export function isRecordPath(path: string, homes: readonly string[]): boolean {
  return /\.(?:md|markdown)$/i.test(path) && homeOf(path, homes) !== null && !NO_RECORD.test(baseName(path));
}

/** True for a numbered page in AsciiDoc or reStructuredText in a folder of records: a record that cannot be read here. */
export function isForeignRecord(path: string, homes: readonly string[]): boolean {
  return /\.(?:adoc|asciidoc|asc|rst)$/i.test(path) && homeOf(path, homes) !== null && numberOf(path) !== null;
}

/** The folder of records a path stands in: `packages/orders/docs/adr` for a record of that package; `null` for none. */
export function homeOf(path: string, homes: readonly string[]): string | null {
  const found = homes.flatMap((home) => {
    if (path.startsWith(`${home}/`)) return [home];
    const at = path.indexOf(`/${home}/`);
    return at < 0 || /(?:^|\/)(?:node_modules|vendor|third_party)\//.test(path)
      ? []
      : [path.slice(0, at + 1 + home.length)];
  });
  // `docs/architecture/adr` is a folder of its own and not the `adr` of a package called `docs/architecture`.
  return found.toSorted((a, b) => a.length - b.length || homes.indexOf(a) - homes.indexOf(b)).at(-1) ?? null;
}

const NUMBER = /^(?:adr[-_ ]?)?(\d{1,6})(?=[-_ .])/i;

/** The number in a record's file name: `0012-use-postgres.md`, `adr-12.md`; `null` where it has none. */
export function numberOf(path: string): number | null {
  const digits = NUMBER.exec(baseName(path))?.[1];
  return digits === undefined ? null : Number(digits);
}

/** The next free number, written as the others are, four digits where there are none yet. */
export function nextNumber(names: readonly string[]): string {
  const digits = names.flatMap((name) => NUMBER.exec(baseName(name))?.[1] ?? []);
  const width = digits.length === 0 ? 4 : Math.max(...digits.map((one) => one.length));
  return String(Math.max(0, ...digits.map(Number)) + 1).padStart(width, '0');
}

/** A name for a file made of a title: `use-postgres-for-orders`. */
export function slugOf(title: string): string {
  const letters = title.slice(0, 200).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = letters.split(/[^a-z0-9]+/).filter((word) => word !== '');
  let slug = '';
  for (const word of words) {
    if (slug.length + word.length > 50) break;
    slug += slug === '' ? word : `-${word}`;
  }
  return slug === '' ? 'decision' : slug;
}
