/** A package that a command line has somebody install or run. */
export interface CommandMention {
  /** The command as far as it says what happens: `npx`, `npm install`. */
  command: string;
  /** The argument that names the package. Hostile text. */
  written: string;
  /** True where a program of an installed package would be run first. */
  runs: boolean;
}

/** How a package manager is told to install or run something, each word in its place. */
interface Form {
  words: readonly string[];
  /** Whether it runs a program, and so one that is installed already. */
  runs: boolean;
  /** How many of the arguments name packages: of what is run, the rest are its own. */
  takes: 'all' | 'first';
  /** Whether the argument is what the package creates, and not its name: `npm create vite` runs `create-vite`. */
  creates: boolean;
}

const install = (manager: string, ...verbs: string[]): Form[] =>
  verbs.map((verb) => ({ words: [manager, ...verb.split(' ')], runs: false, takes: 'all', creates: false }));
const run = (manager: string, ...verbs: string[]): Form[] =>
  verbs.map((verb) => ({
    words: [manager, ...(verb === '' ? [] : verb.split(' '))],
    runs: true,
    takes: 'first',
    creates: false,
  }));
const create = (manager: string, ...verbs: string[]): Form[] =>
  verbs.map((verb) => ({ words: [manager, verb], runs: true, takes: 'first', creates: true }));

/** The longest first, so that `yarn global add` is not taken for anything shorter. */
const FORMS: readonly Form[] = [
  ...install('npm', 'install', 'i', 'add', 'in', 'ins', 'inst', 'isntall'),
  ...run('npm', 'exec', 'x'),
  ...run('npx', ''),
  ...install('pnpm', 'add', 'install', 'i'),
  ...run('pnpm', 'dlx'),
  ...run('pnpx', ''),
  ...install('yarn', 'global add', 'add'),
  ...run('yarn', 'dlx'),
  ...install('bun', 'add', 'install', 'i', 'a'),
  ...run('bun', 'x'),
  ...run('bunx', ''),
  ...install('cnpm', 'install', 'i'),
  ...create('npm', 'create', 'init', 'innit'),
  ...create('pnpm', 'create'),
  ...create('yarn', 'create'),
  ...create('bun', 'create', 'c'),
].sort((one, other) => other.words.length - one.words.length);

/** Options that take the next word with them. */
const WITH_VALUE = new Set([
  '--registry',
  '--prefix',
  '-C',
  '--dir',
  '--cwd',
  '--filter',
  '-F',
  '-w',
  '--workspace',
  '--tag',
  '--userconfig',
  '--cache',
  '--loglevel',
  '--omit',
  '--include',
  '-c',
  '--call',
  '--shell',
  '--node-options',
  '--save-prefix',
  '--reporter',
  '--store-dir',
  '--allow-build',
  '--cpu',
  '--os',
  '--libc',
]);

/** `npx -p name program`, `npm exec --package=name -- program`. */
const PACKAGE_OPTION = /^(?:-p|--package)(?:=(.*))?$/;

/** Where one of these follows, a sentence goes on after the command. */
const ENDS_A_COMMAND = new Set([
  'to',
  'and',
  'or',
  'the',
  'a',
  'an',
  'in',
  'on',
  'at',
  'of',
  'for',
  'from',
  'with',
  'without',
  'if',
  'is',
  'are',
  'was',
  'will',
  'then',
  'when',
  'while',
  'before',
  'after',
  'once',
  'again',
  'first',
  'works',
  'fails',
  'failed',
  'should',
  'must',
  'can',
  'may',
  'does',
  'as',
  'by',
  'so',
  'it',
  'you',
  'your',
  'we',
  'this',
  'that',
  'which',
  'instead',
  'command',
  'step',
  'now',
  'here',
  'locally',
  'globally',
  'manually',
  'ran',
  'runs',
  'not',
  'has',
  'have',
  'since',
  'because',
  'inside',
  'into',
  'only',
  'failure',
  'errors',
  'error',
  'output',
  'hook',
  'script',
  'scripts',
  'commands',
]);

/** Commands in one line are far fewer; beyond, the line is no command line. */
const MAX_MENTIONS = 100;

/** The packages that the commands in one line name: a line of a script, a document, a workflow, a container file. */
export function readCommands(line: string): CommandMention[] {
  const mentions: CommandMention[] = [];
  for (const words of commandsIn(line)) {
    mentions.push(...readCommand(words));
    if (mentions.length > MAX_MENTIONS) break;
  }
  return mentions;
}

/** Whether a line can hold any command at all: cheap, since every added line of a change is asked. */
export function mayHoldCommand(line: string): boolean {
  return /\b(?:npm|npx|pnpm|pnpx|yarn|bunx?|cnpm)\b/.test(line);
}

/** Cuts a line where a shell would begin another command, and into words. A quotation mark ends a word: it may be the document's. */
function commandsIn(line: string): string[][] {
  return line
    .slice(0, 4000)
    .replace(/\s#\s.*$/, '')
    .split(/&&|\|\||[;|&(){}`\n]|\$\(|<br\s*\/?>/)
    .map((command) =>
      command
        .trim()
        .split(/[\s,]+/)
        .map(unquoted)
        .filter((word) => word !== ''),
    );
}

function unquoted(word: string): string {
  return word.replace(/^[[\\"'*_]+|[\]\\"'*_,:]+$/g, '');
}

function readCommand(words: readonly string[]): CommandMention[] {
  for (let start = 0; start < words.length; start++) {
    const form = formAt(words, start);
    if (!form) continue;
    // Prose says "npm install works": only what stands where a command can stand is one.
    const rest = words.slice(form.end);
    return argumentsOf(rest, form.form).map((written) => ({
      command: form.form.words.join(' '),
      written: form.form.creates ? creatorOf(written) : written,
      runs: form.form.runs,
    }));
  }
  return [];
}

/** The form whose words begin here, options in between left out: `pnpm -w add`, `yarn workspace app add`. */
function formAt(words: readonly string[], start: number): { form: Form; end: number } | null {
  const manager = words[start];
  for (const form of FORMS) {
    if (form.words[0] !== manager) continue;
    let at = start + 1;
    let matched = 1;
    while (matched < form.words.length && at < words.length) {
      const word = words[at]!;
      if (word === form.words[matched]) matched++;
      else if (word.startsWith('-')) at += WITH_VALUE.has(word) && !(word === '-w' && manager !== 'npm') ? 1 : 0;
      else if (manager === 'yarn' && word === 'workspace') at++;
      else break;
      at++;
    }
    if (matched === form.words.length) return { form, end: at };
  }
  return null;
}

/** `vite@latest` → `create-vite@latest`, `@scope` → `@scope/create`, `@scope/name@1` → `@scope/create-name@1`. What is no name stays as it is. */
function creatorOf(written: string): string {
  // What is filled in when it is run, or stands for a name, must stay recognisable.
  if (!/^[a-z0-9@][\w@./~^-]*$/i.test(written)) return written;
  const [, scope, name, version = ''] = /^(?:(@[^/@]+)(?:\/|(?=@|$)))?([^/@]*)(@.*)?$/.exec(written) ?? [];
  if (scope === undefined && (name === undefined || name === '')) return written;
  const creator = name === '' ? 'create' : `create-${name}`;
  return `${scope === undefined ? '' : `${scope}/`}${creator}${version}`;
}

function argumentsOf(words: readonly string[], form: Form): string[] {
  const named: string[] = [];
  const packages: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const [, inOption] = PACKAGE_OPTION.exec(word) ?? [];
    if (form.runs && PACKAGE_OPTION.test(word)) {
      const value = inOption ?? words[++at];
      if (value !== undefined) packages.push(value);
    } else if (word === '--') {
      if (form.runs && named.length > 0) break;
    } else if (/^(?:>|>>|<|2>&1|\\)$/.test(word) || ENDS_A_COMMAND.has(word)) break;
    else if (word.startsWith('-')) at += WITH_VALUE.has(word) ? 1 : 0;
    else named.push(word);
    if (form.takes === 'first' && named.length > 0) break;
  }
  // With `--package` the first word is a program of that package.
  return packages.length > 0 ? packages : named;
}
