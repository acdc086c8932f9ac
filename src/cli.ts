import { setTimeout } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { createProgram } from './cli/program.ts';
import { progressBar } from './cli/progress-bar.ts';
import type { Environment } from './cli/settings.ts';
import { practices } from './practices/index.ts';

/** How wide text is where nobody says. */
const WIDTH = 80;

/** What Octokit has to say goes into our own sentence. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Runs the command line and sets the exit code. A fault of ours is thrown, and ends the process with its stack. */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  // Whoever reads us may have seen enough: `composure check | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const program = createProgram(practices, {
    async check(options) {
      // Loaded when it is needed: help and complaints come at once.
      const { check } = await import('./cli/check.ts');
      const { exitCode, output, remarks } = await check(options, {
        environment: process.env,
        clock: () => new Date(),
        sleep: (ms) => setTimeout(ms),
        terminal: { width: process.stdout.columns ?? WIDTH, colour: wantsColour(process.env, process.stdout.isTTY) },
        practices,
      });
      process.stdout.write(output);
      for (const remark of remarks) process.stderr.write(`composure: ${remark}\n`);
      process.exitCode = exitCode;
    },
    async waivers(repository, options) {
      const [{ waivers }, { Octokit }] = await Promise.all([import('./cli/waivers.ts'), import('@octokit/rest')]);
      const baseUrl = process.env.GITHUB_API_URL;
      const { exitCode, output, remarks } = await waivers(repository, options, {
        environment: process.env,
        clientFor: (auth) => new Octokit({ auth, log: SILENT, ...(baseUrl && { baseUrl }) }),
      });
      process.stdout.write(output);
      for (const remark of remarks) process.stderr.write(`composure: ${remark}\n`);
      process.exitCode = exitCode;
    },
    async calibrate(options) {
      const { calibrate } = await import('./cli/calibrate.ts');
      const { exitCode, output, remarks } = await calibrate(options, {
        environment: process.env,
        clock: () => new Date(),
        terminal: { width: process.stdout.columns ?? WIDTH },
        practices,
        progress: process.stderr.isTTY ? progressBar((text) => process.stderr.write(text)) : undefined,
      });
      process.stdout.write(output);
      for (const remark of remarks) process.stderr.write(`composure: ${remark}\n`);
      process.exitCode = exitCode;
    },
    async adr(request) {
      const { adr } = await import('./cli/adr.ts');
      const today = new Date().toISOString().slice(0, 10);
      const { exitCode, output, remarks } = await adr(request, today, practices);
      process.stdout.write(output);
      for (const remark of remarks) process.stderr.write(`composure: ${remark}\n`);
      process.exitCode = exitCode;
    },
    async doctor(options) {
      const [{ doctor }, { readEnvironment, WEBHOOK_PATH }] = await Promise.all([
        import('./cli/doctor.ts'),
        import('./app.ts'),
      ]);
      const { exitCode, output } = await doctor(options, {
        ...readEnvironment(),
        webhookPath: WEBHOOK_PATH,
        clock: () => new Date(),
        sleep: (ms) => setTimeout(ms),
      });
      process.stdout.write(output);
      process.exitCode = exitCode;
    },
    async start() {
      const app = await import('./app.ts');
      await app.start();
    },
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has said what is wrong, or printed the help that was asked for.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  }
}

/** `NO_COLOR` and `FORCE_COLOR` as their conventions have it, else whether a person is looking. */
export function wantsColour({ NO_COLOR, FORCE_COLOR }: Environment, isTerminal: boolean | undefined): boolean {
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  return isTerminal === true;
}
