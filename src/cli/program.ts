import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { Practice } from '../practices/define-practice.ts';
import type { DoctorOptions } from './doctor.ts';
import type { CheckOptions } from './settings.ts';

/** What the commands do. */
export interface Actions {
  check(options: CheckOptions): Promise<void>;
  doctor(options: DoctorOptions): Promise<void>;
  start(): Promise<void>;
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
