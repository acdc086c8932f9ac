import { AsyncLocalStorage } from 'node:async_hooks';
import { type DestinationStream, type Logger, pino } from 'pino';

/** What every line says of the work that caused it. */
interface WorkFacts {
  key: string;
  /** GitHub's id of the last delivery that led to it, by whichever process it was accepted; `null` where none did. */
  delivery: string | null;
}

const underWay = new AsyncLocalStorage<WorkFacts>();

/** Runs something so that each line logged on the way, by whatever library, names the work and its delivery. */
export function logWithWork<Result>(facts: WorkFacts, run: () => Promise<Result>): Promise<Result> {
  return underWay.run(facts, run);
}

/**
 * The log of the process, a line of JSON for each thing said. Whatever is logged, no token, signature or key, no header
 * and no payload is in it.
 */
export function createLog(level: string, stream: DestinationStream): Logger {
  return pino(
    {
      name: 'composure',
      level,
      mixin: () => ({ ...underWay.getStore() }),
      // Probot's own line for each request would print all its headers, the signature among them.
      redact: { paths: ['req.headers', 'res.headers', 'req.query', 'headers', 'payload'], remove: true },
      serializers: { err: describe },
      onChild: quieten,
      hooks: { streamWrite: mask },
    },
    stream,
  );
}

/** A line for each request drowns the rest; failures still show, and all of them at `debug`. */
function quieten(child: Logger): void {
  if (child.bindings().name === 'http' && child.level === 'info') child.level = 'warn';
}

/**
 * An error by what helps to understand it. Octokit hangs request, answer and payload on its errors; those may hold
 * anything.
 */
function describe(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : 'not an error';
  const { status, code, request } = error as { status?: unknown; code?: unknown; request?: { method?: unknown } };
  const parts = error instanceof AggregateError ? error.errors.slice(0, 5) : [];
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof request?.method === 'string' ? { method: request.method } : {}),
    ...(error.cause === undefined || depth > 3 ? {} : { cause: describe(error.cause, depth + 1) }),
    ...(parts.length === 0 || depth > 3 ? {} : { errors: parts.map((part) => describe(part, depth + 1)) }),
  };
}

/** What secrets look like, wherever in a line they got to. Each pattern ends where its string of JSON does. */
const SECRETS: readonly RegExp[] = [
  /\b(?:gh[a-z]_|github_pat_|v1\.)[A-Za-z0-9_]{16,}/g,
  // JSON web tokens
  /\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g,
  /\bsha(?:1=[0-9a-f]{40}|256=[0-9a-f]{64})/g,
  /(?<=\b(?:[Bb]earer|[Tt]oken|[Bb]asic) )[A-Za-z0-9._~+/=-]{8,}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:(?!-----END)[^"])*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g,
  // the password in an address
  /(?<=[a-z]:\/\/[^\s:/@"]{0,100}:)[^\s/@"]+(?=@)/g,
];

function mask(line: string): string {
  let masked = line;
  for (const secret of SECRETS) masked = masked.replace(secret, '[redacted]');
  return masked;
}
