/**
 * Does what the Dockerfile says without Docker: each stage in a folder of its own, its commands as they stand there, the
 * end started as nobody special. What it cannot show is the base image.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Copy, DockerfileParser, type Instruction } from 'dockerfile-ast';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** An image, or what stands for one: a folder that holds its file system. */
export interface Image {
  /** Where its working directory lies. */
  folder: string;
  /** In bytes, links not followed. */
  size: number;
  /** Starts its command as an account without rights, with these variables beside its own. */
  start(environment: Record<string, string>): ChildProcess;
  /** Runs its health check; the exit code. */
  checkHealth(environment: Record<string, string>): Promise<number>;
  remove(): void;
}

interface Stage {
  root: string;
  workdir: string;
  environment: Record<string, string>;
}

/**
 * Builds the image. `installed`: the modules of this checkout stand in for those that `npm ci` would download, which
 * tests must not do.
 */
export async function buildImage({ installed }: { installed: boolean }): Promise<Image> {
  const instructions = DockerfileParser.parse(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')).getInstructions();
  const stages = new Map<string, Stage>();
  const user = accountWithoutRights();
  let stage: Stage | undefined;
  let command: string[] = [];
  let healthCheck: string[] = [];
  for (const instruction of instructions) {
    const text = instruction.getArgumentsContent() ?? '';
    if (instruction.getKeyword() === 'FROM') {
      stage = newStage();
      stages.set(/\sAS\s+(\S+)$/i.exec(text)?.[1] ?? 'the last', stage);
      continue;
    }
    if (!stage) throw new Error('The Dockerfile does not begin with FROM');
    switch (instruction.getKeyword()) {
      case 'ENV':
        for (const pair of text.split(' '))
          stage.environment[pair.split('=', 1)[0] ?? ''] = pair.replace(/^[^=]*=/, '');
        break;
      case 'WORKDIR':
        stage.workdir = text;
        mkdirSync(inside(stage, '.'), { recursive: true });
        break;
      case 'COPY':
        copy(instruction as Copy, stage, stages);
        break;
      case 'RUN':
        for (const part of text.split(' && ')) await runIn(stage, part, { installed, user });
        break;
      case 'CMD':
        command = JSON.parse(text);
        break;
      case 'HEALTHCHECK':
        healthCheck = JSON.parse(text.slice(text.indexOf('[')));
        break;
      default:
        // USER, EXPOSE, VOLUME and the like say how it is run, not how it is built.
        if (!['USER', 'VOLUME', 'EXPOSE', 'STOPSIGNAL'].includes(instruction.getKeyword())) throw unknown(instruction);
    }
  }
  const last = stage;
  if (!last) throw new Error('The Dockerfile has no stage');
  const begin = (argv: string[], environment: Record<string, string>) =>
    spawn(argv[0] === 'node' ? process.execPath : (argv[0] ?? ''), argv.slice(1), {
      cwd: inside(last, '.'),
      env: { PATH: process.env.PATH, ...last.environment, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
      ...(user ?? {}),
    });
  return {
    folder: inside(last, '.'),
    size: sizeOf(last.root),
    start: (environment) => begin(command, environment),
    async checkHealth(environment) {
      const [code] = await once(begin(healthCheck, environment), 'exit');
      return Number(code);
    },
    remove() {
      for (const { root } of stages.values()) rmSync(root, { recursive: true, force: true });
    },
  };
}

function newStage(): Stage {
  const root = mkdtempSync(join(tmpdir(), 'composure-image-'));
  chmodSync(root, 0o755);
  return { root, workdir: '/', environment: {} };
}

/** A path of the image, on our disk. */
function inside({ root, workdir }: Stage, path: string): string {
  return path.startsWith('/') ? join(root, path) : join(root, workdir, path);
}

function copy(instruction: Copy, stage: Stage, stages: ReadonlyMap<string, Stage>): void {
  const name = instruction.getFromFlag()?.getValue() ?? undefined;
  const from = name === undefined ? null : stages.get(name);
  if (from === undefined) throw unknown(instruction);
  const paths = instruction.getArguments().map((argument) => argument.getValue());
  const target = paths.pop() ?? '';
  for (const path of paths) {
    const source = from ? inside(from, path) : join(ROOT, path);
    const isFile = lstatSync(source).isFile();
    cpSync(source, inside(stage, isFile && target.endsWith('/') ? join(target, basename(path)) : target), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
}

async function runIn(
  stage: Stage,
  command: string,
  { installed, user }: { installed: boolean; user: Account | null },
): Promise<void> {
  const cwd = inside(stage, '.');
  if (installed && command.startsWith('npm ci')) {
    symlinkSync(join(ROOT, 'node_modules'), join(cwd, 'node_modules'));
    return;
  }
  if (installed && command.startsWith('npm prune')) return;
  // The image's account has another number here, and who is not root owns everything already.
  const adapted = user ? command.replace('node:node', `${user.uid}:${user.gid}`) : command.replace(/^chown .*/, ':');
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = { ...process.env, ...stage.environment, PATH: path, npm_config_prefer_offline: 'true' };
  await promisify(execFile)('/bin/sh', ['-ec', adapted], { cwd, env });
}

interface Account {
  uid: number;
  gid: number;
}

/** Whom to be instead of root; `null` where we are not root. */
function accountWithoutRights(): Account | null {
  if (process.getuid?.() !== 0 || !existsSync('/etc/passwd')) return null;
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  return line ? { uid: Number(line[1]), gid: Number(line[2]) } : null;
}

function sizeOf(path: string): number {
  const { size } = lstatSync(path);
  if (!lstatSync(path).isDirectory()) return size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), size);
}

function unknown(instruction: Instruction): Error {
  return new Error(`Not understood: ${instruction.getKeyword()} ${instruction.getArgumentsContent()}`);
}
