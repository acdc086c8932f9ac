import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPinnedNode, isSupported } from '../../bin/choose-node.js';
import { temporaryFolder } from '../support/local-repository.ts';
import { packageFolder, run } from './package-folder.ts';

const ENGINES = '>=24.15';

/** Tells who runs it, and with what. */
const REPORT = `export async function main() {
  console.log(JSON.stringify({ node: process.versions.node, args: process.argv.slice(2), cwd: process.cwd() }));
  process.exitCode = Number(process.argv[2] || 0);
}`;

/** An old Node of this machine, or the pinned one that is made to look old by what the package asks for. */
function oldNode(): { node: string; engines: string } {
  const system = '/usr/bin/node';
  const version = existsSync(system) ? execFileSync(system, ['--version'], { encoding: 'utf8' }).trim() : '';
  if (version !== '' && !isSupported(version, ENGINES)) return { node: system, engines: ENGINES };
  return { node: process.execPath, engines: '>=999' };
}

describe('isSupported', () => {
  const cases: [version: string, engines: string, supported: boolean][] = [
    ['24.15.0', '>=24.15', true],
    ['v24.15.0', '>=24.15', true],
    ['24.14.9', '>=24.15', false],
    ['24.21.0', '>=24.15', true],
    ['25.0.0', '>=24.15', true],
    ['20.20.2', '>=24.15', false],
    ['9.99.99', '>=24.15', false],
    ['24.15.0-rc.1', '>=24.15', true],
    ['24.15.2', '>=24.15.3', false],
    ['24.0.0', '>=24', true],
    ['20.20.2', '^20 || >=24', true],
  ];
  it.each(cases)('%s against %s: %s', (version, engines, supported) => {
    expect(isSupported(version, engines)).toBe(supported);
  });
});

describe('findPinnedNode', () => {
  function installed(version: string, file: string | null): string {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'node_modules/node/bin'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/node/package.json'), JSON.stringify({ name: 'node', version }));
    if (file) writeFileSync(join(folder, 'node_modules/node/bin', file), '');
    return folder;
  }

  it.each(['node', 'node.exe'])('finds bin/%s', (file) => {
    const folder = installed('24.21.0', file);
    expect(findPinnedNode(folder, ENGINES)).toBe(join(folder, 'node_modules/node/bin', file));
  });
  it('finds the one that stands further up, where packages share it', () => {
    const folder = installed('24.21.0', 'node');
    const inner = join(folder, 'node_modules/composure');
    mkdirSync(inner);
    expect(findPinnedNode(inner, ENGINES)).toBe(join(folder, 'node_modules/node/bin/node'));
  });
  it('takes none that is too old itself', () => {
    expect(findPinnedNode(installed('20.20.2', 'node'), ENGINES)).toBeNull();
  });
  it('takes none whose program was never downloaded', () => {
    expect(findPinnedNode(installed('24.21.0', null), ENGINES)).toBeNull();
  });
  it('finds none where none is installed', () => {
    expect(findPinnedNode(temporaryFolder(), ENGINES)).toBeNull();
  });
});

describe('bin/composure.js', () => {
  it('loads dist/ where that was built', async () => {
    const folder = packageFolder({ built: REPORT });
    const { code, stdout } = await run(process.execPath, [join(folder, 'bin/composure.js'), '0', 'a b']);
    expect(JSON.parse(stdout)).toMatchObject({ node: process.versions.node, args: ['0', 'a b'] });
    expect(code).toBe(0);
  });

  it('loads src/ otherwise, from anywhere and through a link', async () => {
    const folder = packageFolder();
    const elsewhere = temporaryFolder();
    symlinkSync(join(folder, 'bin/composure.js'), join(elsewhere, 'composure'));
    const { code, stdout } = await run(process.execPath, [join(elsewhere, 'composure'), '--version'], {
      cwd: elsewhere,
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it('hands over to the pinned Node under an older one: arguments, folder, output and exit code', async () => {
    const { node, engines } = oldNode();
    const folder = packageFolder({ built: REPORT });
    writeManifest(folder, engines);
    const cwd = temporaryFolder();
    const { code, stdout, stderr } = await run(node, [join(folder, 'bin/composure.js'), '7', '--x=y z'], { cwd });
    // Where no Node here is old, the pinned one is not new enough for the made-up demand either.
    if (engines === ENGINES) {
      expect(JSON.parse(stdout)).toMatchObject({ args: ['7', '--x=y z'], cwd });
      expect(isSupported(JSON.parse(stdout).node, ENGINES)).toBe(true);
      expect(code).toBe(7);
    } else {
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('Node.js >=999 is needed');
    }
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('passes %s on, and ends as its command ends', async (signal) => {
    const { node } = oldNode();
    const folder = packageFolder({
      built: `export async function main() {
        process.on('${signal}', () => { console.log('asked to stop'); process.exit(3); });
        setInterval(() => {}, 1000);
        console.log('ready');
      }`,
    });
    let sent = false;
    const { code, stdout } = await run(node, [join(folder, 'bin/composure.js')], {
      onOutput(printed, pid) {
        if (sent || !printed.includes('ready')) return;
        sent = true;
        process.kill(pid, signal);
      },
    });
    expect({ code, stdout }).toEqual({ code: 3, stdout: 'ready\nasked to stop\n' });
  });

  it('says in one sentence what is needed, where no Node will do', async () => {
    const folder = packageFolder({ built: REPORT, pinned: false });
    writeManifest(folder, '>=999');
    const { code, stdout, stderr } = await run(process.execPath, [join(folder, 'bin/composure.js')]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^composure: Node\.js >=999 is needed and this is [\d.]+: .* run "npm install" in .*\n$/);
  });

  it('ends with 2 when it breaks, since 1 would be an answer', async () => {
    const folder = packageFolder({ built: `export async function main() { throw new Error('a fault'); }` });
    const { code, stderr } = await run(process.execPath, [join(folder, 'bin/composure.js')]);
    expect(code).toBe(2);
    expect(stderr).toContain('Error: a fault');
  });
});

function writeManifest(folder: string, engines: string): void {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', engines: { node: engines } }));
}
