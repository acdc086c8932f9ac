/** What GitHub's GraphQL refuses before it looks at any data, and what a query costs. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** A query's price, or why GitHub would not run it. */
export interface Bill {
  /** Points of the rate limit: one for a hundred requests it takes to fill the connections, one at least. */
  cost: number;
  /** How many nodes the query may answer with at most. */
  nodes: number;
  refusals: { type: string; message: string; path: string[] }[];
}

/** No connection may be asked for more at once. */
const PAGE_AT_MOST = 100;

/** No query may be able to answer with more. */
const NODES_AT_MOST = 500_000;

const REQUESTS_PER_POINT = 100;

/** Adds up an operation's connections, each as often as the connections around it have nodes. */
export function billFor(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): Bill {
  const bill: Bill = { cost: 0, nodes: 0, refusals: [] };
  let requests = 0;
  const fragments = new Map<string, FragmentDefinitionNode>(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );

  function walk(selections: SelectionSetNode, parent: GraphQLNamedType, times: number, path: string[]): void {
    for (const selection of selections.selections) {
      if (selection.kind === Kind.FIELD) {
        visitField(selection, parent, times, path);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : parent;
        walk(selection.selectionSet, on ?? parent, times, path);
      } else {
        const fragment = fragments.get(selection.name.value);
        const on = fragment && schema.getType(fragment.typeCondition.name.value);
        if (fragment && on) walk(fragment.selectionSet, on, times, path);
      }
    }
  }

  function visitField(node: FieldNode, parent: GraphQLNamedType, times: number, path: string[]): void {
    const field = fieldOf(parent, node.name.value);
    if (!field || !node.selectionSet) return;
    const type = getNamedType(field.type);
    const here = [...path, node.alias?.value ?? node.name.value];
    if (!type.name.endsWith('Connection')) {
      walk(node.selectionSet, type, times, here);
      return;
    }
    const size = pageSize(node, getArgumentValues(field, node, variables), here);
    requests += times;
    bill.nodes += times * size;
    walk(node.selectionSet, type, times * Math.max(1, size), here);
  }

  function pageSize(node: FieldNode, args: Record<string, unknown>, path: string[]): number {
    const name = node.name.value;
    const size = args.first ?? args.last;
    if (typeof size !== 'number') {
      if (!selectsNodes(node)) return 0; // its totalCount alone is free of pages
      const message = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`;
      bill.refusals.push({ type: 'MISSING_PAGINATION_BOUNDARIES', message, path });
      return 0;
    }
    if (size <= PAGE_AT_MOST && size >= 0) return size;
    const argument = args.first === undefined ? 'last' : 'first';
    const message = `Requesting ${size} records on the \`${name}\` connection exceeds the \`${argument}\` limit of ${PAGE_AT_MOST} records.`;
    bill.refusals.push({ type: 'EXCESSIVE_PAGINATION', message, path });
    return PAGE_AT_MOST;
  }

  const root = schema.getRootType(operation.operation);
  if (root) walk(operation.selectionSet, root, 1, [operation.operation]);
  if (bill.nodes > NODES_AT_MOST) {
    const message = `This query requests up to ${bill.nodes} possible nodes which exceeds the maximum limit of ${NODES_AT_MOST}.`;
    bill.refusals.push({ type: 'MAX_NODE_LIMIT_EXCEEDED', message, path: [operation.operation] });
  }
  bill.cost = Math.max(1, Math.round(requests / REQUESTS_PER_POINT));
  return bill;
}

function fieldOf(parent: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

function selectsNodes(node: FieldNode): boolean {
  return (node.selectionSet?.selections ?? []).some(
    (selection) => selection.kind !== Kind.FIELD || ['nodes', 'edges'].includes(selection.name.value),
  );
}
