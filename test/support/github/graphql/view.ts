/** What all GraphQL nodes share: who looks at them, how lists are cut into pages, how trouble is told. */
import { GraphQLError } from 'graphql';
import { isGranted } from '../access.ts';
import { actorOf, type Caller } from '../callers.ts';
import type { Emulator, Rate } from '../emulator.ts';
import type { UserRow } from '../tables.ts';

/** Someone who queries. */
export interface View {
  emulator: Emulator;
  caller: Caller;
  /** The account the caller acts under. */
  viewer: UserRow | undefined;
  /** The query's own price, and what is left. */
  cost: number;
  nodes: number;
  rate: Rate;
}

/** A node as `graphql` executes it: a value for each field, or a function of its arguments. */
export type Node = { __typename: string } & Record<string, unknown>;

/** What a caller sees. */
export function viewOf(emulator: Emulator, caller: Caller, price: Pick<View, 'cost' | 'nodes' | 'rate'>): View {
  return { emulator, caller, viewer: actorOf(emulator, caller), ...price };
}

/** An error as GitHub tells them: `type` beside the message, HTTP status 200, and `null` in the data. */
export function trouble(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

/** Stops an installation that was not granted one of these permissions. */
export function demand(view: View, level: 'read' | 'write', ...permissions: string[]): void {
  const { caller } = view;
  if (caller.kind === 'installation' && !isGranted(caller.grant, { level, permissions })) {
    throw trouble('FORBIDDEN', 'Resource not accessible by integration');
  }
}

/** The arguments by which a connection is cut into pages. */
export interface PageArguments {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
}

/** One page of a list. A cursor stands for a place in it. */
export function connection<T>(items: T[], args: PageArguments, show: (item: T) => unknown): Record<string, unknown> {
  let start = args.after ? placeOf(args.after) + 1 : 0;
  let end = args.before ? placeOf(args.before) : items.length;
  if (args.first != null) end = Math.min(end, start + args.first);
  if (args.last != null) start = Math.max(start, end - args.last);
  const places = items.slice(start, end).map((item, offset) => ({ item, place: start + offset }));
  return {
    totalCount: items.length,
    nodes: () => places.map(({ item }) => show(item)),
    edges: () => places.map(({ item, place }) => ({ cursor: cursorAt(place), node: () => show(item) })),
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: places.length > 0 ? cursorAt(start) : null,
      endCursor: places.length > 0 ? cursorAt(start + places.length - 1) : null,
    },
  };
}

function cursorAt(place: number): string {
  return Buffer.from(`cursor:v2:${place}`).toString('base64');
}

function placeOf(cursor: string): number {
  const place = /^cursor:v2:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1];
  if (place === undefined)
    throw trouble('INVALID_CURSOR_ARGUMENTS', `\`${cursor}\` does not appear to be a valid cursor.`);
  return Number(place);
}
