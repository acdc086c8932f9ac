import { Octokit } from '@octokit/rest';
import { execute, type GraphQLFieldResolver, parse } from 'graphql';
import nock from 'nock';
import { afterEach, beforeEach, expect } from 'vitest';
import { githubSchema } from './github/graphql-schema.ts';
import { validateGraphql, validateRequest } from './github/openapi.ts';

/** One request as it reached GitHub. */
export interface Call {
  /** `GET /repos/acme/widgets/pulls/7/files?page=1&per_page=100`, the query sorted by name; `graphql <operation>`. */
  route: string;
  /** The JSON body; for GraphQL its variables. */
  body: Record<string, unknown>;
  headers: Readonly<Record<string, string>>;
}

/** What GitHub answers. A body that is an object travels as JSON; no status means 200. */
export interface Reply {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Part of what GitHub's GraphQL answers with, aliases as the query names them, and the errors beside it. */
export interface GraphqlReply {
  data?: Record<string, unknown> | null;
  errors?: readonly { type?: string; path?: readonly (string | number)[]; message: string }[];
}

type Answer<T> = T | ((call: Call) => T | Promise<T>);

/** A GitHub that knows only what a test tells it. */
export interface NockGitHub {
  /** A client with a token, as the app's own. */
  client: Octokit;
  /** What was asked, in order. */
  calls: Call[];
  /** Expects one request: `POST /repos/acme/widgets/check-runs`. Any number of them with `times: 'any'`. */
  rest(route: string, answer: Answer<Reply>, options?: { times?: 'any' }): void;
  /**
   * Expects one GraphQL request, by its operation's name and, where given, some of its variables. The data are run
   * through GitHub's schema: a field that the query does not ask for is not answered, and one that GitHub would never
   * leave out must be there.
   */
  graphql(operation: string, answer: Answer<GraphqlReply | Reply>, variables?: Record<string, unknown>): void;
  /** The routes that were asked since the last call of this. */
  takeRoutes(): string[];
}

interface Expectation {
  route: string;
  matches(call: Call): boolean;
  answer(call: Call, query: string): Promise<Reply>;
  times: 'once' | 'any';
  met: boolean;
}

const API = 'https://api.github.com';
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Stands in for api.github.com in every test of the surrounding block. A test fails where a request was not expected,
 * was not made, or is not valid under GitHub's own description of its API, whatever the code under test made of the
 * answer.
 */
export function nockGitHub(): NockGitHub {
  let expectations: Expectation[] = [];
  let complaints: string[] = [];
  const calls: Call[] = [];
  let taken = 0;

  beforeEach(() => {
    expectations = [];
    complaints = [];
    calls.length = 0;
    taken = 0;
    nock.disableNetConnect();
    for (const method of METHODS) {
      nock(API)
        .persist()
        .intercept(/.*/, method)
        .reply(async (request: Request) => {
          const {
            status = 200,
            body = '',
            headers = {},
          } = await receive(request).catch((error: unknown) => {
            complaints.push(`the answer could not be made: ${error}`);
            return { status: 501, body: '', headers: {} };
          });
          const json = typeof body === 'object' ? { 'content-type': 'application/json; charset=utf-8' } : {};
          return [status, body, { ...json, ...headers }];
        });
    }
  });

  afterEach(() => {
    nock.cleanAll();
    nock.enableNetConnect();
    const missed = expectations.filter(({ times, met }) => times === 'once' && !met);
    expect([...complaints, ...missed.map(({ route }) => `never asked: ${route}`)]).toEqual([]);
  });

  async function receive(request: Request): Promise<Reply> {
    const { method } = request;
    const { pathname, search } = new URL(request.url);
    const text = await request.text();
    const sent = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    const isGraphql = pathname === '/graphql';
    const query = isGraphql ? String(sent.query) : '';
    const headers = Object.fromEntries(request.headers);
    const call: Call = isGraphql
      ? { route: `graphql ${operationOf(query)}`, body: (sent.variables ?? {}) as Call['body'], headers }
      : { route: routeOf(`${method} ${pathname}${search}`), body: sent, headers };
    calls.push(call);
    const faults = isGraphql
      ? validateGraphql(query)
      : validateRequest(method, pathname + search, text === '' ? undefined : sent);
    complaints.push(...faults.map((fault) => `${call.route}: ${fault}`));
    const expected = expectations.find((one) => !one.met && one.matches(call));
    if (!expected) {
      complaints.push(`not expected: ${call.route} ${isGraphql ? JSON.stringify(call.body) : ''}`);
      return { status: 501, body: { message: 'Not expected' } };
    }
    expected.met = expected.times === 'once';
    return expected.answer(call, query);
  }

  /** The answer as GitHub would give it to this query, from the data a test describes. */
  async function answerQuery(query: string, variables: Call['body'], reply: GraphqlReply): Promise<Reply> {
    if (!reply.data) return { body: reply };
    const result = await execute({
      schema: githubSchema(),
      document: parse(query),
      rootValue: reply.data,
      variableValues: variables,
      fieldResolver: byAlias,
    });
    const declared = new Set(reply.errors?.map(({ path }) => path?.join('.')));
    const undeclared = (result.errors ?? []).filter(({ path }) => !declared.has(path?.join('.')));
    complaints.push(...undeclared.map(({ path, message }) => `GitHub would not answer so at ${path}: ${message}`));
    return { body: { data: result.data, ...(reply.errors && { errors: reply.errors }) } };
  }

  return {
    client: new Octokit({ auth: 'x', log: { debug() {}, info() {}, warn() {}, error() {} } }),
    calls,
    rest(route, answer, { times = 'once' as const } = {}) {
      const wanted = routeOf(route);
      expectations.push({
        route: wanted,
        matches: (call) => call.route === wanted,
        answer: async (call) => (typeof answer === 'function' ? answer(call) : answer),
        times,
        met: false,
      });
    },
    graphql(operation, answer, variables = {}) {
      const entries = Object.entries(variables);
      expectations.push({
        route: `graphql ${operation} ${entries.length > 0 ? JSON.stringify(variables) : ''}`.trim(),
        matches: ({ route, body }) =>
          route === `graphql ${operation}` && entries.every(([name, value]) => body[name] === value),
        async answer(call, query) {
          const reply = await (typeof answer === 'function' ? answer(call) : answer);
          return 'data' in reply || 'errors' in reply ? answerQuery(query, call.body, reply) : (reply as Reply);
        },
        times: 'once',
        met: false,
      });
    },
    takeRoutes() {
      const routes = calls.slice(taken).map(({ route }) => route);
      taken = calls.length;
      return routes;
    },
  };
}

const byAlias: GraphQLFieldResolver<Record<string, unknown>, unknown> = (source, _args, _context, { path }) =>
  source[path.key];

function operationOf(query: string): string {
  return /\bquery\s+(\w+)/.exec(query)?.[1] ?? 'unnamed';
}

function routeOf(route: string): string {
  const [path = '', query = ''] = route.split(/\?(.*)/s);
  const sorted = new URLSearchParams(query);
  sorted.sort();
  return sorted.size > 0 ? `${path}?${sorted}` : path;
}
