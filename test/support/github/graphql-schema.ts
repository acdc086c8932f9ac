/** GitHub's GraphQL schema, as the package `@octokit/graphql-schema` publishes it. */
import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLSchema } from 'graphql';

let schema: GraphQLSchema | undefined;

/** The schema. It takes a quarter of a second to build, so it is built once, when first asked for. */
export function githubSchema(): GraphQLSchema {
  schema ??= buildSchema(
    readFileSync(new URL('schema.graphql', import.meta.resolve('@octokit/graphql-schema')), 'utf8'),
    { assumeValid: true, assumeValidSDL: true },
  );
  return schema;
}
