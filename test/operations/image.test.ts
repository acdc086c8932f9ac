import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DCLinter } from 'dclint';
import { type Copy, DockerfileParser, type Instruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createGitHub, type GitHub } from '../support/github/index.ts';
import { APP, seed } from '../support/github/seed.ts';
import { buildImage, type Image } from '../support/image.ts';

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const dockerfile = DockerfileParser.parse(readFileSync(root('Dockerfile'), 'utf8'));
const instructions = dockerfile.getInstructions();
const of = (keyword: string): Instruction[] => instructions.filter((one) => one.getKeyword() === keyword);
const json = (instruction: Instruction): string[] => JSON.parse(instruction.getRawArgumentsContent() ?? '');
const { engines, scripts, devDependencies } = JSON.parse(readFileSync(root('package.json'), 'utf8'));

describe('the Dockerfile', () => {
  it('starts both stages from the pinned Node, by tag, from no registry of its own', () => {
    const images = dockerfile.getFROMs().map((from) => from.getImage());
    expect(images).toHaveLength(2);
    for (const image of images) {
      expect(image).toMatch(/^node:\d+\.\d+\.\d+-trixie-slim$/);
      expect(image).toContain(`node:${devDependencies.node}-`);
    }
    expect(engines.node).toBe('>=24.15');
  });

  it('copies only what is there, and nothing that .dockerignore keeps out', () => {
    const let_in = readFileSync(root('.dockerignore'), 'utf8').match(/(?<=^!).+$/gm);
    const sources = dockerfile
      .getCOPYs()
      .filter((copy: Copy) => !copy.getFromFlag())
      .flatMap((copy: Copy) =>
        copy
          .getArguments()
          .slice(0, -1)
          .map((argument) => argument.getValue()),
      );
    expect(sources.length).toBeGreaterThan(8);
    for (const source of sources) {
      expect(existsSync(root(source)), source).toBe(true);
      expect(let_in, source).toContain(source);
    }
  });

  it('runs as nobody special, told so before the command', () => {
    expect(of('USER').map((one) => one.getArgumentsContent())).toEqual(['node']);
    expect(instructions.findIndex((one) => one.getKeyword() === 'USER')).toBeLessThan(
      instructions.findIndex((one) => one.getKeyword() === 'CMD'),
    );
  });

  it('starts what npm start starts, in a form that hears signals', () => {
    expect(json(of('CMD')[0]!).join(' ')).toBe(scripts.start);
  });

  it('builds with the compiler and the configuration that npm run build uses', () => {
    expect(of('RUN').some((one) => one.getArgumentsContent()?.includes(scripts.build))).toBe(true);
  });
});

describe('the image, built by the very commands of the Dockerfile', () => {
  let image: Image;
  let github: GitHub;
  beforeAll(async () => {
    image = await buildImage({ installed: true });
    github = await createGitHub({ seed: seed() });
  }, 120_000);
  afterAll(async () => {
    image.remove();
    await github.close();
  });

  it('holds what runs, and neither sources nor tests', () => {
    const left_out = ['src', 'test', 'bench', 'docs', 'tsconfig.json', '.git'];
    const held = readdirSync(image.folder);
    expect(held).toEqual(expect.arrayContaining(['app.yml', 'bin', 'checklists', 'data', 'dist', 'package.json']));
    expect(held.filter((name) => left_out.includes(name))).toEqual([]);
  });

  it('starts as nobody special, keeps its database, is healthy, and stops when it is told to', async () => {
    const port = String(await freePort());
    const environment = {
      APP_ID: String(APP.id),
      PRIVATE_KEY: APP.privateKey,
      WEBHOOK_SECRET: APP.webhookSecret,
      GITHUB_API_URL: github.url,
      COMPOSURE_NPM_REGISTRY: 'off',
      HOST: '127.0.0.1',
      PORT: port,
    };
    expect(await image.checkHealth({ PORT: port })).toBe(1);
    const app = image.start(environment);
    await new Promise<void>((resolve, reject) => {
      app.stdout?.on('data', (text) => String(text).includes('Composure listens') && resolve());
      app.once('exit', (code) => reject(new Error(`ended with ${code}`)));
    });
    expect(await image.checkHealth({ PORT: port })).toBe(0);
    expect(readdirSync(join(image.folder, 'data'))).toContain('composure.db');
    const ended = once(app, 'exit');
    app.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  }, 60_000);
});

describe('linters find nothing wrong', () => {
  it('in the Dockerfile', () => {
    expect(validate(readFileSync(root('Dockerfile'), 'utf8'))).toEqual([]);
    expect(validate('FROM\nRUNN x\n').length).toBeGreaterThan(0);
  });

  it('in compose.yaml, by the Compose specification and beyond', () => {
    const rules = { 'require-quotes-in-ports': 0, 'service-keys-order': 0 } as const;
    const linter = new DCLinter({ rules, quiet: true, debug: false, exclude: [] });
    const found = linter
      .lintFiles([root('compose.yaml')], false)
      .flatMap((one: { messages: unknown[] }) => one.messages);
    expect(found).toEqual([]);
  });
});

describe('compose.yaml', () => {
  const { services, volumes } = parse(readFileSync(root('compose.yaml'), 'utf8'));

  it('runs two replicas that share one PostgreSQL and outlast their drain', () => {
    const { composure, database } = services;
    expect(composure.deploy.replicas).toBe(2);
    expect(composure.depends_on.database.condition).toBe('service_healthy');
    expect(composure.environment.DATABASE_URL).toMatch(
      /^postgres:\/\/composure:\$\{POSTGRES_PASSWORD:\?[^}]+\}@database:5432\/composure$/,
    );
    expect(Number.parseInt(composure.stop_grace_period, 10)).toBeGreaterThan(25);
    expect(database.image).toMatch(/^postgres:\d+$/);
    expect(database.environment).toMatchObject({ POSTGRES_USER: 'composure', POSTGRES_DB: 'composure' });
    expect(database.volumes.map((volume: string) => volume.split(':')[0])).toEqual(Object.keys(volumes));
  });

  it('gives every replica a port', () => {
    const [, from, to] = /:(\d+)-(\d+):3000$/.exec(services.composure.ports[0]) ?? [];
    expect(Number(to) - Number(from) + 1).toBe(services.composure.deploy.replicas);
  });

  it('holds no secret', () => {
    expect(readFileSync(root('compose.yaml'), 'utf8')).not.toMatch(/PASSWORD:\s+[^$]/);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
