/**
 * GitHub's own description of its API as a second oracle: is what we send, and what the emulator answers, valid there?
 *
 * REST and webhooks come from a cut of `@octokit/openapi` (`openapi.json.gz`, see `scripts/slim-openapi.ts`),
 * GraphQL from `@octokit/graphql-schema`. Each function answers with what is wrong, `[]` where nothing is.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parse, validate } from 'graphql';
import { githubSchema } from './graphql-schema.ts';

interface Schema {
  [keyword: string]: unknown;
}

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Schema;
}

interface Content {
  content?: Record<string, { schema?: Schema }>;
}

interface Operation {
  parameters?: unknown[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
}

interface Description {
  paths: Record<string, Record<string, Operation>>;
  'x-webhooks': Record<string, { post: Operation }>;
  components: Record<string, Record<string, unknown>>;
}

interface Route {
  method: string;
  template: string;
  pattern: RegExp;
  parameterNames: string[];
  operation: Operation;
}

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;

/** Parameters whose value may hold slashes: `git/ref/heads/main`, `contents/src/a.ts`, `labels/area/core`. */
const MAY_HOLD_SLASHES = new Set(['path', 'ref', 'basehead', 'branch', 'name']);

/** How many complaints about one document are worth reading. */
const COMPLAINTS_AT_MOST = 20;

/**
 * What is wrong with a request: its route, its path and query parameters, its body.
 * `pathWithQuery` is the path below the API's root, with its query if it has one.
 */
export function validateRequest(method: string, pathWithQuery: string, body?: unknown): string[] {
  const { path, query } = split(pathWithQuery);
  const route = findRoute(method, path);
  if (!route) return [unknownRoute(method, path)];
  return [...checkParameters(route, path, query), ...checkBody(route, body)];
}

/** What is wrong with a response: an undocumented status, or a body that is not of the documented shape. */
export function validateResponse(method: string, pathWithQuery: string, status: number, body?: unknown): string[] {
  const { path } = split(pathWithQuery);
  const route = findRoute(method, path);
  if (!route) return [unknownRoute(method, path)];
  const documented = route.operation.responses[String(status)];
  if (documented === undefined) {
    const known = Object.keys(route.operation.responses).join(', ');
    return [`${route.method} ${route.template} is not documented to answer ${status}, only ${known}`];
  }
  const schema = jsonSchemaOf(resolve(documented) as Content);
  return schema ? complaints(`${route.method} ${route.template} ${status}`, schema, body) : [];
}

/** What is wrong with a webhook's payload. */
export function validateWebhook(event: string, action: string | undefined, payload: unknown): string[] {
  const key = [event, action].filter(Boolean).join('-').replaceAll('_', '-');
  const webhook = description()['x-webhooks'][key];
  if (!webhook) return [`no webhook ${key}`];
  const schema = jsonSchemaOf(resolve(webhook.post.requestBody) as Content);
  return schema ? complaints(`webhook ${key}`, schema, payload) : [];
}

/** What is wrong with a GraphQL document: its syntax, or fields and arguments that GitHub's schema does not have. */
export function validateGraphql(query: string): string[] {
  try {
    return validate(githubSchema(), parse(query)).map((error) => error.message);
  } catch (error) {
    return [(error as Error).message];
  }
}

// -- the description ----------------------------------------------------------------------------------------------

let loaded: Description | undefined;

function description(): Description {
  loaded ??= JSON.parse(
    gunzipSync(readFileSync(new URL('openapi.json.gz', import.meta.url))).toString(),
  ) as Description;
  return loaded;
}

/** Follows a `{ $ref: '#/components/…' }` one step; anything else is its own meaning. */
function resolve(value: unknown): unknown {
  const reference = (value as { $ref?: string } | undefined)?.$ref;
  if (!reference) return value;
  const [, , kind, name] = reference.split('/');
  return description().components[kind as string]?.[name as string];
}

function jsonSchemaOf(holder: Content | undefined): Schema | undefined {
  return holder?.content?.['application/json']?.schema ?? Object.values(holder?.content ?? {})[0]?.schema;
}

// -- routes -------------------------------------------------------------------------------------------------------

let routes: Route[] | undefined;

/** Literal segments win over parameters, as on GitHub, so the routes with most of them come first. */
function allRoutes(): Route[] {
  routes ??= Object.entries(description().paths)
    .flatMap(([template, operations]) =>
      METHODS.flatMap((method) => (operations[method] ? [toRoute(method, template, operations[method])] : [])),
    )
    .sort((a, b) => literals(b.template) - literals(a.template));
  return routes;
}

function toRoute(method: string, template: string, operation: Operation): Route {
  const parameterNames: string[] = [];
  const source = template.replace(/[.+*]/g, '\\$&').replace(/\{([^}]+)\}/g, (_, name: string) => {
    parameterNames.push(name);
    return MAY_HOLD_SLASHES.has(name) ? '(.+)' : '([^/]+)';
  });
  return { method: method.toUpperCase(), template, pattern: new RegExp(`^${source}$`), parameterNames, operation };
}

function literals(template: string): number {
  return template.split('/').filter((segment) => !segment.includes('{')).length;
}

function findRoute(method: string, path: string): Route | undefined {
  return allRoutes().find((route) => route.method === method.toUpperCase() && route.pattern.test(path));
}

function unknownRoute(method: string, path: string): string {
  return `no operation ${method.toUpperCase()} ${path} in GitHub's description (or in our cut of it)`;
}

function split(pathWithQuery: string): { path: string; query: URLSearchParams } {
  const [path = '', query = ''] = pathWithQuery.split(/\?(.*)/s);
  return { path, query: new URLSearchParams(query) };
}

// -- parameters and bodies ----------------------------------------------------------------------------------------

function checkParameters(route: Route, path: string, query: URLSearchParams): string[] {
  const parameters = (route.operation.parameters ?? []).map(resolve) as Parameter[];
  const values = (route.pattern.exec(path) ?? []).slice(1);
  const inPath = route.parameterNames.map((name, at) => [name, decode(values[at] ?? '')] as const);
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  return [
    ...inPath.flatMap(([name, value]) => {
      const parameter = parameters.find((each) => each.in === 'path' && each.name === name);
      return parameter ? checkParameter(route, parameter, value) : [];
    }),
    ...[...new Set(query.keys())].flatMap((name) => {
      const parameter = inQuery.find((each) => each.name === name);
      if (!parameter) return [`${route.method} ${route.template} takes no query parameter ${name}`];
      return checkParameter(route, parameter, query.get(name) ?? '');
    }),
    ...inQuery
      .filter((parameter) => parameter.required && !query.has(parameter.name))
      .map((parameter) => `${route.method} ${route.template} needs the query parameter ${parameter.name}`),
  ];
}

function checkParameter(route: Route, parameter: Parameter, value: string): string[] {
  const key = `${route.method} ${route.template} ${parameter.in} ${parameter.name}`;
  // A parameter arrives as text, so it is wrapped for Ajv to turn it into the number or boolean it stands for.
  const schema = { type: 'object', properties: { [parameter.name]: parameter.schema } };
  return complaints(key, schema, { [parameter.name]: value }, { coerce: true });
}

function checkBody(route: Route, body: unknown): string[] {
  const requestBody = resolve(route.operation.requestBody) as (Content & { required?: boolean }) | undefined;
  const schema = jsonSchemaOf(requestBody);
  const absent = body === undefined || body === null || body === '';
  if (!schema) {
    const says = !absent && Object.keys(body as object).length > 0;
    return says ? [`${route.method} ${route.template} takes no body`] : [];
  }
  if (absent && !requestBody?.required) return [];
  return [
    ...unknownFields(schema, body ?? {}).map((field) => `${route.method} ${route.template} takes no field ${field}`),
    ...complaints(`${route.method} ${route.template} body`, schema, body ?? {}),
  ];
}

/** Fields of a body that GitHub would ignore: the description allows any, but one that it does not name is a mistake. */
function unknownFields(schema: Schema, body: unknown): string[] {
  const known = fieldNames(schema);
  if (known.size === 0 || body === null || typeof body !== 'object' || Array.isArray(body)) return [];
  return Object.keys(body).filter((field) => !known.has(field));
}

function fieldNames(schema: unknown): Set<string> {
  const { properties, oneOf, anyOf, allOf } = (resolve(schema) ?? {}) as Record<string, unknown>;
  const alternatives = [oneOf, anyOf, allOf].flatMap((each) => (Array.isArray(each) ? each : []));
  return new Set([...Object.keys(properties ?? {}), ...alternatives.flatMap((each) => [...fieldNames(each)])]);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // it was decoded before, and holds a percent sign of its own
  }
}

// -- JSON Schema --------------------------------------------------------------------------------------------------

const validators = new Map<string, ValidateFunction>();
let plain: Ajv | undefined;
let coercing: Ajv | undefined;

function complaints(key: string, schema: Schema, value: unknown, { coerce = false } = {}): string[] {
  let validator = validators.get(key);
  if (!validator) {
    plain ??= createAjv(false);
    coercing ??= createAjv(true);
    validator = (coerce ? coercing : plain).compile(toJsonSchema(schema) as Schema);
    validators.set(key, validator);
  }
  return validator(value) ? [] : summarise(validator.errors ?? []);
}

function createAjv(coerceTypes: boolean): Ajv {
  // Not strict: GitHub's description uses keywords and formats of its own.
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false, coerceTypes });
  addFormats.default(ajv, ['date-time', 'uri']);
  ajv.addSchema({ $id: 'github', components: toJsonSchema(description().components) });
  return ajv;
}

/**
 * OpenAPI 3.0 spells "or null" as `nullable`, which JSON Schema does not know.
 * Below `properties` a key is a field's name, and may be the same as a keyword.
 */
function toJsonSchema(value: unknown, keysAreNames = false): unknown {
  if (Array.isArray(value)) return value.map((item) => toJsonSchema(item));
  if (value === null || typeof value !== 'object') return value;
  if (keysAreNames) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toJsonSchema(item)]));
  const schema: Schema = {};
  for (const [keyword, item] of Object.entries(value)) {
    if (keyword === 'nullable' || keyword === 'discriminator') continue;
    if (keyword === '$ref') schema.$ref = String(item).replace('#/', 'github#/');
    else schema[keyword] = toJsonSchema(item, keyword === 'properties');
  }
  if ((value as Schema).nullable !== true) return schema;
  if (typeof schema.type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  return {
    ...schema,
    type: [schema.type, 'null'],
    ...(Array.isArray(schema.enum) ? { enum: [...new Set([...schema.enum, null])] } : {}),
  };
}

/** One line for each kind of error, array positions left out. */
function summarise(errors: ErrorObject[]): string[] {
  const lines = new Set(errors.filter((error) => !['anyOf', 'oneOf', 'if'].includes(error.keyword)).map(describe));
  // Where alternatives are all there is to complain about, say at least that.
  const all = lines.size > 0 ? [...lines] : errors.map(describe);
  if (all.length <= COMPLAINTS_AT_MOST) return all;
  return [...all.slice(0, COMPLAINTS_AT_MOST), `and ${all.length - COMPLAINTS_AT_MOST} more`];
}

function describe(error: ErrorObject): string {
  const at = error.instancePath.replace(/\/\d+(?=\/|$)/g, '/*') || '/';
  const detail = Object.values(error.params as Record<string, unknown>)
    .map((each) => JSON.stringify(each))
    .join(' ');
  return `${at} ${error.message ?? error.keyword}${detail ? ` (${detail})` : ''}`;
}
