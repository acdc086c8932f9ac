#!/usr/bin/env node
// The launcher. Written for every Node since 12.20, so that an old one gets this far: it hands over to the Node that the
// package pins, or says what is needed. It loads dist/ where that was built from the sources as they are, and src/ otherwise.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findPinnedNode, isSupported } from './choose-node.js';

// Node resolves symbolic links before it gets here, so this is the package's folder wherever it was called from.
const launcher = fileURLToPath(import.meta.url);
const root = dirname(dirname(launcher));
const engines = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node;

if (isSupported(process.versions.node, engines)) {
  load();
} else {
  const node = findPinnedNode(root, engines);
  if (node) handOver(node);
  else refuse();
}

function load() {
  const built = join(root, 'dist', 'cli.js');
  const entry = existsSync(built) && !isOutdated(built) ? built : join(root, 'src', 'cli.ts');
  import(pathToFileURL(entry).href)
    .then((cli) => cli.main())
    .catch((error) => {
      console.error(error);
      // Our own fault: nothing was judged. Node's own 1 would say that a violation blocks.
      process.exitCode = 2;
    });
}

/** True in a checkout whose sources were changed since they were built: what runs must be what is there to read. */
function isOutdated(built) {
  const builtAt = statSync(built).mtimeMs;
  const folders = [join(root, 'src')];
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (statSync(path).mtimeMs > builtAt) return true;
    }
  }
  return false;
}

/** Runs the same command under another Node, and ends as it ends. */
function handOver(node) {
  const args = process.execArgv.concat([launcher], process.argv.slice(2));
  const child = spawn(node, args, { stdio: 'inherit' });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
  const forward = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  child.on('error', (error) => {
    console.error(`composure: ${node} could not be started: ${error.message}`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => {
    for (const name of signals) process.removeListener(name, forward);
    if (signal) process.kill(process.pid, signal);
    else process.exit(code);
  });
}

function refuse() {
  console.error(
    'composure: Node.js ' +
      engines +
      ' is needed and this is ' +
      process.versions.node +
      ': start it with a newer one, or run "npm install" in ' +
      root +
      ' to have the right one beside it.',
  );
  process.exit(2);
}
