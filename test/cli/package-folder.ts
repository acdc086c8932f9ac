import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isolated, temporaryFolder } from '../support/local-repository.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** How our package lies on a disk. */
export interface PackageLayout {
  /** Code in place of `dist/cli.js`; without it nothing is built, and `src/` is run. */
  built?: string;
  /** False where the pinned Node is not installed. */
  pinned?: boolean;
}

/** A package with our launcher and our sources, that what happens to be built in the working tree cannot stand in for. */
export function packageFolder({ built, pinned = true }: PackageLayout = {}): string {
  const folder = temporaryFolder('composure');
  mkdirSync(join(folder, 'bin'));
  for (const file of ['package.json', 'bin/composure.js', 'bin/choose-node.js']) {
    copyFileSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, 'src'), join(folder, 'src'));
  if (pinned) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  if (built !== undefined) {
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist/cli.js'), built);
  }
  return folder;
}

/** What a command did. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end. `onOutput` sees what it has printed so far. */
export function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; onOutput?: (stdout: string, pid: number) => void } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = { ...isolated, COMPOSURE_CONFIRM_AFTER: '0s', ...options.env };
    const child = spawn(command, args, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      options.onOutput?.(stdout, child.pid ?? 0);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

const sources = packageFolder();

/** Runs `composure` from the sources, under this Node. */
export function composure(args: readonly string[], options?: Parameters<typeof run>[2]): Promise<Ended> {
  return run(process.execPath, [join(sources, 'bin/composure.js'), ...args], options);
}
