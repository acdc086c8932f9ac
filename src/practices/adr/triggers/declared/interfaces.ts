import type { Place } from '../places.ts';
import { find, type Kind } from './kind.ts';

/** Files that others are compiled against, call, or read and write by. */
export const INTERFACES: readonly Kind[] = [
  {
    is: ({ name }) => name.endsWith('.proto'),
    says: ({ edits, first, isWhole }) => {
      const said = find(edits, PROTOBUF);
      const because = 'an interface between services (Protocol Buffers)';
      return said || isWhole ? { trigger: 'interface-protobuf', because, line: said ?? first } : null;
    },
  },
  {
    is: isOpenApi,
    says: ({ place, edits, first, isWhole }) => {
      const path = find(edits, OPENAPI_PATH) ?? find(edits, place.name.includes('asyncapi') ? CHANNEL : OPERATION);
      const because = 'an interface that others call (OpenAPI or AsyncAPI)';
      if (path || isWhole) return { trigger: 'interface-openapi', because, line: path ?? first };
      return first ? { trigger: 'interface-openapi-detail', because: `details of ${because}`, line: first } : null;
    },
  },
  {
    is: isGraphQlSchema,
    says: ({ edits, first, isWhole }) => {
      const type = find(edits, GRAPHQL_TYPE);
      const because = 'an interface that others call (GraphQL schema)';
      if (type || isWhole) return { trigger: 'interface-graphql', because, line: type ?? first };
      const field = find(edits, GRAPHQL_FIELD);
      return field ? { trigger: 'interface-graphql-field', because: `a field of ${because}`, line: field } : null;
    },
  },
  {
    is: ({ name }) => /\.(?:graphql|gql)$/.test(name),
    says: ({ edits }) => {
      const type = find(edits, GRAPHQL_DEFINITION);
      return type
        ? { trigger: 'interface-graphql', because: 'an interface that others call (GraphQL schema)', line: type }
        : null;
    },
  },
  {
    is: ({ name }) => /\.schema\.json$|\.avsc$|\.xsd$|\.wsdl$|\.thrift$/.test(name),
    says: ({ place, added, removed, first, isWhole }) => {
      const rule = place.name.endsWith('.json') ? find(added, SCHEMA_RULE) : first;
      const lost = removed.find(({ text }) => !SCHEMA_PROSE.test(text));
      const because = 'a format that others read or write (a published schema)';
      if (rule || lost || isWhole) return { trigger: 'interface-schema', because, line: rule ?? lost ?? first };
      const said = added.find(({ text }) => !SCHEMA_PROSE.test(text));
      return said ? { trigger: 'interface-schema-detail', because, line: said } : null;
    },
  },
];

const PROTOBUF = /^\s*(?:message|service|rpc|enum|oneof|(?:repeated|optional|map)\b|[\w.<>, ]+\s+\w+\s*=\s*\d+)/;

const OPENAPI_PATH = /^\s*["']?\/[^\s"']*["']?\s*:|^\s{0,6}["']?(?:channels|paths|operations)["']?\s*:/;

/** A method with nothing or a block behind it; a property that is called `delete` has a type. */
const OPERATION = /^\s+["']?(?:get|put|post|delete|patch|head|options|trace)["']?\s*:\s*(?:\{\}?\s*,?)?$/;

/** What every channel, and every operation on one, has in AsyncAPI 2 or 3. */
const CHANNEL = /^\s+["']?(?:address|publish|subscribe|action)["']?\s*:/;

const GRAPHQL_TYPE = /^\s*(?:type|input|interface|union|enum|scalar|extend)\s+\w/;
const GRAPHQL_FIELD = /^\s+\w+(?:\([^)]*\))?\s*:\s*\S/;

/** At the start of its line; no query has such a line. */
const GRAPHQL_DEFINITION = /^(?:extend\s+)?(?:type|input|interface|union|enum|scalar)\s+[A-Z]\w*/;

/** More than one more field that may be left out: what is demanded, allowed, or made of other parts. */
const SCHEMA_RULE =
  /"(?:\$ref|required|enum|oneOf|anyOf|allOf|not|const|patternProperties|additionalProperties|items|definitions|\$defs)"\s*:/;

/** What a schema says to people; and brackets, which say nothing. */
const SCHEMA_PROSE = /^\s*"(?:description|markdownDescription|title|\$comment|\$id|examples?|doc)"\s*:|^[\s[\]{},]*$/;

/** Names with more to them (`openapi-generator.json`) configure tools. */
function isOpenApi({ name }: Place): boolean {
  return (
    /^(?:openapi|swagger|asyncapi)(?:[.-]?v?\d[\d.]*)?\.(?:ya?ml|json)$/.test(name) ||
    /\.(?:openapi|swagger|asyncapi)\.(?:ya?ml|json)$/.test(name)
  );
}

/** `.graphql` alone may be a client's query, so there only definitions speak. */
function isGraphQlSchema({ name }: Place): boolean {
  return /\.graphqls$/.test(name) || /^(?:.+\.)?schema\.(?:graphql|gql)$/.test(name);
}
