import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isolated, temporaryFolder } from './local-repository.ts';

/** A git that notes every start of it. */
export interface WatchedGit {
  /** What to run things in, so that they find this git. */
  environment: Readonly<Record<string, string>>;
  /** The commands it was started for, in order. */
  commands(): string[];
  /** Those of its processes that still live. */
  living(): number[];
}

/** Puts a git before the real one. An older one refuses what came with git 2.36, as that git would. */
export function watchGit({ isOld = false } = {}): WatchedGit {
  const folder = temporaryFolder('bin');
  const log = join(folder, 'log');
  // `exec` keeps the id of the process.
  const script = `#!/bin/sh
echo "$$ $*" >> '${log}'
${isOld ? `case "$*" in *--batch-command*) echo "error: unknown option 'batch-command'" >&2; exit 129 ;; esac` : ''}
PATH='${isolated.PATH}' exec git "$@"
`;
  writeFileSync(join(folder, 'git'), script);
  chmodSync(join(folder, 'git'), 0o755);
  const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []);
  return {
    environment: { ...isolated, PATH: `${folder}${delimiter}${isolated.PATH}` },
    commands: () => lines().map(commandOf),
    living: () =>
      lines()
        .map((line) => Number.parseInt(line, 10))
        .filter(isAlive),
  };
}

/** Behind the options that every run of ours has. */
function commandOf(line: string): string {
  return line.split(' core.pager=cat ')[1] ?? line;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
