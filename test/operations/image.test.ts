import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Copy, DockerfileParser, type Healthcheck, type Instruction } from 'dockerfile-ast';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { run } from '../cli/package-folder.ts';
import { type Harness, startHarness } from '../support/harness.ts';

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

describe('the health check', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness.stop());

  const [program, ...args] = (dockerfile.getHEALTHCHECKs()[0] as Healthcheck)
    .getArguments()
    .slice(1)
    .map((argument) => argument.getValue())
    .join(' ')
    .replace(/^\[|\]$/g, '')
    .split(/(?<="), (?=")/)
    .map((text) => JSON.parse(text) as string);

  it('succeeds against a running app', async () => {
    const { port } = new URL(harness.app.url);
    const ended = await run(program!, args, { env: { PORT: port } });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('fails where nobody listens', async () => {
    expect((await run(program!, args, { env: { PORT: '1' } })).code).toBe(1);
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
