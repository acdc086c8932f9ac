import { baseName } from '../model/package-files.ts';
import type { ChangedFile } from '../model/pull-request.ts';
import { addedFragments, removedTexts } from './added-text.ts';
import { blankComments } from './blank-comments.ts';
import { isProduct, languageOf } from './languages.ts';
import type { Seen } from './seen.ts';

const MIGRATION =
  /(?:^|\/)(?:migrations?|db\/(?:migrate|migration|changelog)|alembic\/versions|flyway)\/(?:.*\/)?[^/]+\.(?:sql|ts|js|mjs|cjs|py|rb|php|java|kt|cs|go|xml|ya?ml|rs)$/i;
/** In such folders stand tools, too: a migration is SQL, or has a number or the word in its name. */
const MIGRATION_NAME = /\.sql$|\d{3}|(?:^|[/_-])V?\d+[_-]|migrat[^/]*$|alembic\/versions\//i;

/** What only says what the rest of the file needs. */
const PREAMBLE = /^\s*(?:import|from|package|using|use|require)\b/;

/** A line of a manifest that declares a package: the name is the first group. */
const DECLARATIONS: readonly { manifest: RegExp; line: RegExp; unless?: RegExp }[] = [
  {
    manifest: /^package\.json$/,
    line: /^\s*"(?<name>@?[\w.-]+(?:\/[\w.-]+)?)"\s*:\s*"(?:[~^<>=*]|\d+\.|\d+"|workspace:|npm:|file:|link:|catalog:|git|github:|https?:|latest")/,
    unless: /^\s*"(?:version|node|npm|yarn|pnpm|bun|vscode|packageManager)"/,
  },
  {
    manifest: /^(?:requirements[\w.-]*\.(?:txt|in)|constraints\.txt)$/,
    line: /^(?<name>[A-Za-z][\w.-]*)(?:\[[\w,]*\])?\s*(?:[=<>~!]=|@|>|<|;|$)/,
  },
  {
    manifest: /^Gemfile$|\.gemspec$/,
    line: /^\s*(?:gem|\w+\.add_(?:runtime_|development_)?dependency)[ (]+["'](?<name>[\w.-]+)["']/,
  },
  {
    manifest: /^go\.mod$/,
    line: /^\s*(?:require\s+)?(?<name>[\w.-]+\.[\w.-]+\/[\w./-]+)\s+v\d/,
    unless: /=>|\/\/ indirect/,
  },
  {
    manifest: /^Cargo\.toml$/,
    line: /^(?<name>[\w-]+)(?:\.workspace)?\s*=\s*(?:"[~^=<>*]?\d|\{.*\b(?:version|git|path|workspace)\s*=|true$)/,
    unless: /^(?:version|edition|rust-version|resolver)\b/,
  },
  {
    manifest: /^pyproject\.toml$/,
    line: /^\s*(?:"(?<quoted>[A-Za-z][\w.-]*)(?:\[[\w,]*\])?\s*(?:[=<>~!]=|@|>|<|")|(?<name>[A-Za-z][\w.-]*)\s*=\s*(?:"[~^=<>*]?\d|\{.*\bversion\s*=))/,
    unless: /^\s*(?:version|python|requires-python|target-version|line-length)\b/,
  },
  { manifest: /^pom\.xml$/, line: /^\s*<artifactId>(?<name>[\w.-]+)<\/artifactId>/ },
  {
    manifest: /^build\.gradle(?:\.kts)?$/,
    line: /^\s*(?:api|implementation|compileOnly|runtimeOnly|testImplementation|annotationProcessor)\s*[( ]\s*["'](?<name>[\w.-]+:[\w.-]+)/,
  },
  {
    manifest: /\.csproj$|^Directory\.Packages\.props$/,
    line: /<Package(?:Reference|Version)\s+Include="(?<name>[\w.-]+)"/,
  },
  { manifest: /^composer\.json$/, line: /^\s*"(?<name>[\w.-]+\/[\w.-]+)"\s*:\s*"[\^~*<>=v\d]/ },
];

/** What a file's place and kind say of its added lines: migrations, and packages that a manifest newly names. */
export function signalsOfPlace(file: ChangedFile): Seen[] {
  return [...migrationIn(file), ...packagesNamedIn(file)];
}

function migrationIn(file: ChangedFile): Seen[] {
  if (
    !MIGRATION.test(file.path) ||
    !MIGRATION_NAME.test(file.path.replace(/.*migrations?\//i, '')) ||
    !isProduct(file.path)
  )
    return [];
  const language = languageOf(file.path);
  const first = addedFragments(file)
    .flatMap((fragment) => (language ? blankComments(fragment, language) : fragment))
    .find((line) => line.added && line.text.trim() !== '' && !PREAMBLE.test(line.text));
  return first ? [{ signal: 'migration', line: first.number, because: 'a migration' }] : [];
}

function packagesNamedIn(file: ChangedFile): Seen[] {
  const declared = DECLARATIONS.find(({ manifest }) => manifest.test(baseName(file.path)));
  if (!declared) return [];
  const nameIn = (text: string) => {
    if (text.length > 500 || declared.unless?.test(text)) return null;
    const { name, quoted } = declared.line.exec(text)?.groups ?? {};
    return name ?? quoted ?? null;
  };
  // A package that the file names anyway is only moved or brought to another version.
  const before = new Set([...removedTexts(file)].map((text) => nameIn(text)));
  return addedFragments(file)
    .flat()
    .filter(({ added, text }) => added && nameIn(text) !== null && !before.has(nameIn(text)))
    .map(({ number }) => ({ signal: 'dependency', line: number, because: 'a package that was not named here before' }));
}
