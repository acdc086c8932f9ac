import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { Practice } from '../practices/define-practice.ts';
import { WAIVER_FORMATS } from '../render/waivers.ts';
import type { AdrRequest } from './adr.ts';
import type { DoctorOptions } from './doctor.ts';
import type { CalibrateOptions, CheckOptions } from './settings.ts';
import type { WaiversOptions } from './waivers.ts';

/** What the commands do. */
export interface Actions {
  check(options: CheckOptions): Promise<void>;
  waivers(repository: string, options: WaiversOptions): Promise<void>;
  calibrate(options: CalibrateOptions): Promise<void>;
  doctor(options: DoctorOptions): Promise<void>;
  start(): Promise<void>;
  adr(request: AdrRequest): Promise<void>;
}

/** The command line: every command, option and word of help. Parsing throws a `CommanderError` instead of exiting. */
export function createProgram(practices: readonly Practice[], actions: Actions): Command {
  const program = new Command('composure')
    .description('Human judgement at the checkpoints of a pull request, and quiet everywhere else.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError('(composure --help tells more)')
    .exitOverride();

  program
    .command('check')
    .summary('review a local branch as the pull request it would be')
    .description(
      'Reviews a local branch as the pull request it would be. Reads commits, not the working tree; runs nothing of the repository.',
    )
    .option('--base <ref>', 'what the change goes into (default: the default branch)')
    .option('--head <ref>', 'the change (default: HEAD)')
    .option('--cwd <dir>', 'any folder of a checkout, or a bare repository', '.')
    .option('--config <file>', 'use this configuration instead of the one on the base')
    .addOption(
      new Option('--format <format>', 'what to print on standard output').choices(['text', 'json']).default('text'),
    )
    .addOption(new Option('--offline', 'ask no registry; what needs one is undetermined').conflicts('registry'))
    .option('--registry <url>', "the package registry to ask (default: COMPOSURE_NPM_REGISTRY, or npm's own)")
    .option('--pr-body <file>', 'what the pull request would say')
    .option('--author <login>', 'who would open it (default: the author of the last commit)')
    .option('--strict', 'let what could not be determined fail, too')
    .addHelpText('after', () => `\n${practicesHelp(practices)}\n\n${EXIT_CODES}\n\n${EXAMPLES}`)
    .action((options: CheckOptions) => actions.check(options));

  addAdrCommands(program, actions);

  program
    .command('waivers')
    .summary('list the exceptions that stand on the open pull requests of a repository')
    .description(
      'Lists the exceptions that stand on the open pull requests of a repository on GitHub. Reads GITHUB_TOKEN; with COMPOSURE_SIGNING_KEYS or PRIVATE_KEY it verifies their signatures.',
    )
    .argument('<owner/name>', 'the repository')
    .option('--app <name>', "the App's name on GitHub", 'composure')
    .addOption(
      new Option('--format <format>', 'what to print on standard output').choices(WAIVER_FORMATS).default('text'),
    )
    .action((repository: string, options: WaiversOptions) => actions.waivers(repository, options));

  program
    .command('calibrate')
    .summary('measure the changes of the past, and propose limits')
    .description(
      'Measures every commit of the main line as the pull request it once was, shows how large they were and what limits would have blocked, and proposes limits. Reads commits only.',
    )
    .option('--cwd <dir>', 'any folder of a checkout, or a bare repository', '.')
    .option('--ref <ref>', 'the branch whose history is meant (default: the default branch)')
    .option('--since <date>', 'leave out older commits; a date as git log takes it')
    .option('--commits <number>', 'at most so many commits, the newest')
    .option('--percentile <number>', 'propose limits that let so many of 100 past changes pass', '90')
    .option(
      '--alarm-rate <number>',
      'of 100 past changes without a decision record, how many may be asked for one',
      '4',
    )
    .option('--config <file>', 'use this configuration instead of the one in the repository')
    .addOption(
      new Option('--format <format>', 'what to print on standard output').choices(['text', 'json']).default('text'),
    )
    .action((options: CalibrateOptions) => actions.calibrate(options));

  program
    .command('doctor')
    .summary("look at an App's installation from the operator's side")
    .description(
      'Looks at the App, its webhook and deliveries, the rulesets, clock, store and registry, with the settings that the app is started with. Changes nothing. Exit code 1 where something is broken.',
    )
    .addOption(
      new Option('--format <format>', 'what to print on standard output').choices(['text', 'json']).default('text'),
    )
    .action((options: DoctorOptions) => actions.doctor(options));

  program
    .command('start', { hidden: true })
    .description('Runs the GitHub App, as npm start does.')
    .action(() => actions.start());

  return program;
}

function addAdrCommands(program: Command, actions: Actions): void {
  const adr = program
    .command('adr')
    .description('Makes, lists and checks the decision records of the working tree.')
    .helpCommand(false);
  const cwd = () => new Option('--cwd <dir>', 'a folder of a checkout').default('.');
  const format = () =>
    new Option('--format <format>', 'what to print on standard output').choices(['text', 'json']).default('text');
  adr
    .command('new <title>')
    .description("Makes the next record, in the log's own layout, and prints its path.")
    .addOption(cwd())
    .option('--supersedes <record>', 'the record it takes the place of, by number or name')
    .option('--affects <globs...>', 'the files it will govern')
    .action((title: string, options) => actions.adr({ verb: 'new', title, ...options }));
  for (const [verb, description] of [
    ['list', 'Lists the records with their status.'],
    ['lint', 'Checks every record, their numbers and their links. Ends with 1 where something is to be mended.'],
  ] as const) {
    adr
      .command(verb)
      .description(description)
      .addOption(cwd())
      .addOption(format())
      .action((options) => actions.adr({ verb, ...options }));
  }
  adr
    .command('index')
    .description('Keeps the index page up to date: a table, and a graph of what superseded what.')
    .addOption(cwd())
    .option('--check', 'write nothing; end with 1 where it is out of date')
    .action((options) => actions.adr({ verb: 'index', ...options }));
}

function practicesHelp(practices: readonly Practice[]): string {
  const width = Math.max(...practices.map(({ id }) => id.length));
  const lines = practices.map(({ id, summary }) => `  ${id.padEnd(width)}  ${summary}`);
  return ['Practices:', ...lines].join('\n');
}

const EXIT_CODES = `Exit codes:
  0  no violation blocks
  1  a violation blocks (with --strict also: a practice that blocks is undetermined)
  2  wrong use, an unreadable repository, or an invalid configuration`;

const EXAMPLES = `Examples:
  composure check
  composure check --base origin/main --pr-body description.md
  composure check --cwd mirror.git --base main --head topic --format json`;

/** From package.json, which lies as far above this file in src/ as in dist/. */
function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
