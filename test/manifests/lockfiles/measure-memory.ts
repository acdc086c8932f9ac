import { readFileSync } from 'node:fs';
import { readLockfile } from '../../../src/manifests/lockfiles/read-lockfile.ts';

/** Reads one lockfile in a process of its own: how many packages it pins, and how many megabytes the whole process took at most. */
const [path = ''] = process.argv.slice(2);
const result = readLockfile(path, readFileSync(path, 'utf8'));
const megabytes = Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);
process.stdout.write(JSON.stringify({ packages: result.ok ? result.lockfile.packages.length : 0, megabytes }));
