import { readFileSync } from 'node:fs';
import { readLockfile } from '../../../src/manifests/lockfiles/read-lockfile.ts';

/** Reads one lockfile in a process of its own: how many packages it pins, and by how many megabytes the process grew at most. */
const [path = ''] = process.argv.slice(2);
const text = readFileSync(path, 'utf8');
const before = process.memoryUsage().rss;
const result = readLockfile(path, text);
const megabytes = Math.round((process.resourceUsage().maxRSS * 1024 - before) / 1e6);
process.stdout.write(JSON.stringify({ packages: result.ok ? result.lockfile.packages.length : 0, megabytes }));
