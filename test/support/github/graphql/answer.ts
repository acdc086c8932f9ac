/** GraphQL: GitHub's own schema, answered for the fields an App for pull requests asks for. */
import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { hasRole } from '../access.ts';
import { need } from '../emulator.ts';
import { accountJson } from '../format.ts';
import { githubSchema } from '../graphql-schema.ts';
import { announcePull } from '../model/announce.ts';
import { dequeue, enqueue, moveQueue, queueOf } from '../model/merge-queue.ts';
import { mergeWhenReady } from '../model/merging.ts';
import { setDraft } from '../model/pull-lifecycle.ts';
import { baseRepoOf, refreshPull } from '../model/pull-state.ts';
import { json, problem } from '../responses.ts';
import { type Ask, type Route, route } from '../routing.ts';
import type { PullRequestRow, UserRow } from '../tables.ts';
import { rateOf } from '../transport.ts';
import { organizationNode, viewerNode } from './accounts.ts';
import { billFor } from './limits.ts';
import { commentNode, pullRequestNode, reviewNode } from './pulls.ts';
import { addReaction } from './reactions.ts';
import { findRepositoryNode } from './repository.ts';
import { demand, type Node, trouble, type View, viewOf } from './view.ts';

/** The one route of GraphQL. */
export const graphqlRoutes: Route[] = [route('POST', '/graphql', answer)];

async function answer(ask: Ask): Promise<Response> {
  const { emulator, caller, body } = ask;
  if (caller.kind !== 'user' && caller.kind !== 'installation') {
    return problem(401, 'This endpoint requires you to be authenticated.');
  }
  if (typeof body.query !== 'string') return problem(400, 'A query attribute must be specified and must be a string.');
  const variables = (body.variables ?? {}) as Record<string, unknown>;
  const operationName = (body.operationName as string | undefined) ?? null;
  const { document, errors: faults } = read(body.query);
  if (!document) return json(200, { errors: faults.map(showError) });
  const operation = getOperationAST(document, operationName);
  if (!operation) return json(200, { errors: [{ message: 'An operation name is required.' }] });

  const bill = billFor(githubSchema(), document, operation, variables);
  if (bill.refusals.length > 0) return json(200, { errors: bill.refusals });
  const rate = rateOf(ask);
  rate.used += bill.cost - 1; // one was counted on arrival
  const view = viewOf(emulator, caller, { cost: bill.cost, nodes: bill.nodes, rate });
  const result = await execute({
    schema: githubSchema(),
    document,
    rootValue: rootOf(view, operation),
    variableValues: variables,
    operationName,
    fieldResolver: resolveField,
  });
  const { data, errors } = result;
  return json(200, { data: data ?? null, ...(errors ? { errors: errors.map(showError) } : {}) });
}

/** A query as text says, or what is wrong with it. */
type Reading =
  | { document: DocumentNode; errors?: undefined }
  | { document?: undefined; errors: readonly GraphQLError[] };

/** What was read before: an App asks the same few questions for ever. */
const readings = new Map<string, Reading>();

function read(query: string): Reading {
  const reading = readings.get(query) ?? parseAndValidate(query);
  readings.set(query, reading);
  return reading;
}

function parseAndValidate(query: string): Reading {
  try {
    const document = parse(query);
    const errors = validate(githubSchema(), document);
    return errors.length > 0 ? { errors } : { document };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}

function showError({ message, extensions, path, locations }: GraphQLError) {
  return { ...(extensions.type ? { type: extensions.type } : {}), ...(path ? { path } : {}), locations, message };
}

/** A field that GitHub has and the emulator does not is an error: `null` would look like an answer. */
const resolveField: GraphQLFieldResolver<Node, unknown> = (source, args, context, info) => {
  if (!Object.hasOwn(source, info.fieldName)) {
    throw trouble('NOT_EMULATED', `The emulator does not know ${info.parentType.name}.${info.fieldName}.`);
  }
  const value = source[info.fieldName];
  return typeof value === 'function' ? value(args, context, info) : value;
};

// -- roots --------------------------------------------------------------------------------------------------------

function rootOf(view: View, operation: OperationDefinitionNode): Record<string, unknown> {
  return operation.operation === 'mutation' ? mutationRoot(view) : queryRoot(view);
}

function queryRoot(view: View): Record<string, unknown> {
  const { emulator, rate } = view;
  const { rateLimit } = emulator.settings;
  return {
    viewer: () => viewerNode(view),
    rateLimit: {
      limit: rateLimit,
      used: rate.used,
      remaining: Math.max(0, rateLimit - rate.used),
      cost: view.cost,
      nodeCount: view.nodes,
      resetAt: new Date(rate.reset * 1000).toISOString().replace('.000Z', 'Z'),
    },
    repository: ({ owner, name }: { owner: string; name: string }) => findRepositoryNode(view, owner, name),
    organization: ({ login }: { login: string }) => {
      const org = emulator.tables.orgs.findOneBy('login', login);
      if (!org) throw trouble('NOT_FOUND', `Could not resolve to an Organization with the login of '${login}'.`);
      return organizationNode(view, org);
    },
    node: ({ id }: { id: string }) => {
      const pull = findPullById(view, id);
      if (pull) return pullRequestNode(view, pull);
      const comment = emulator.tables.comments.all().find((each) => each.node_id === id);
      const repo = comment && emulator.tables.repos.get(comment.repo_id);
      const review = emulator.tables.reviews.all().find((each) => each.node_id === id);
      const reviewed = review && emulator.tables.repos.get(review.repo_id);
      if (review && reviewed) {
        demand(view, 'read', 'pull_requests');
        return reviewNode(view, reviewed, review);
      }
      if (!comment || !repo) return null;
      demand(view, 'read', 'issues', 'pull_requests');
      return commentNode(view, repo, comment);
    },
  };
}

interface PullInput {
  input: { pullRequestId: string; clientMutationId?: string; mergeMethod?: string };
}

function mutationRoot(view: View): Record<string, unknown> {
  const { emulator } = view;
  const result = (pull: PullRequestRow, { input }: PullInput) => ({
    clientMutationId: input.clientMutationId ?? null,
    pullRequest: () => pullRequestNode(view, need(emulator.tables.pullRequests.get(pull.id), 'a pull request')),
  });
  const draft = (isDraft: boolean) => (args: PullInput) => {
    const { pull, actor } = mayChange(view, args);
    setDraft(emulator, pull, isDraft, actor);
    return result(pull, args);
  };
  return {
    addReaction: ({ input }: { input: { subjectId: string; content: string; clientMutationId?: string } }) => {
      if (!addReaction(view, input.subjectId, input.content)) {
        throw trouble('NOT_FOUND', `Could not resolve to a node with the global id of '${input.subjectId}'`);
      }
      return { clientMutationId: input.clientMutationId ?? null };
    },
    markPullRequestReadyForReview: draft(false),
    convertPullRequestToDraft: draft(true),
    enqueuePullRequest: (args: PullInput) => {
      const { pull, actor } = mayChange(view, args);
      const group = enqueue(emulator, pull, actor);
      if (!group) throw trouble('UNPROCESSABLE', 'Pull request is not mergeable.');
      moveQueue(emulator);
      return { ...result(pull, args), mergeQueueEntry: null };
    },
    dequeuePullRequest: ({ input }: { input: { id: string; clientMutationId?: string } }) => {
      const args = { input: { ...input, pullRequestId: input.id } };
      const { pull } = mayChange(view, args);
      const group = queueOf(emulator, baseRepoOf(emulator, pull), pull.base_ref).find(
        (each) => each.pullId === pull.id,
      );
      if (!group) throw trouble('UNPROCESSABLE', 'Pull request is not in the queue.');
      dequeue(emulator, group, 'MANUAL');
      return { clientMutationId: input.clientMutationId ?? null, mergeQueueEntry: null };
    },
    enablePullRequestAutoMerge: (args: PullInput) => {
      const { pull, actor } = mayChange(view, args);
      if (refreshPull(emulator, pull).mergeable_state === 'clean') {
        throw trouble('UNPROCESSABLE', 'Pull request Pull request is in clean status');
      }
      emulator.tables.pullRequests.update(pull.id, {
        auto_merge: {
          enabled_by: accountJson(emulator, actor),
          merge_method: (args.input.mergeMethod ?? 'MERGE').toLowerCase(),
          commit_title: null,
          commit_message: null,
        },
      });
      announcePull(emulator, pull, { action: 'auto_merge_enabled', sender: actor });
      mergeWhenReady(emulator);
      return { ...result(pull, args), actor: null };
    },
    disablePullRequestAutoMerge: (args: PullInput) => {
      const { pull, actor } = mayChange(view, args);
      emulator.tables.pullRequests.update(pull.id, { auto_merge: null });
      announcePull(emulator, pull, { action: 'auto_merge_disabled', sender: actor });
      return { ...result(pull, args), actor: null };
    },
  };
}

function findPullById(view: View, id: string): PullRequestRow | undefined {
  return view.emulator.tables.pullRequests.all().find((pull) => pull.node_id === id);
}

/** The pull request of a mutation, if the caller may change it: its author, or someone with write access. */
function mayChange(view: View, { input }: PullInput): { pull: PullRequestRow; actor: UserRow } {
  const { emulator } = view;
  demand(view, 'write', 'pull_requests');
  const actor = need(view.viewer, 'the viewer');
  const pull = findPullById(view, input.pullRequestId);
  if (!pull) {
    throw trouble('NOT_FOUND', `Could not resolve to a node with the global id of '${input.pullRequestId}'`);
  }
  const repo = baseRepoOf(emulator, pull);
  const isPerson = view.caller.kind === 'user';
  if (isPerson && pull.user_id !== actor.id && !hasRole(emulator, actor, repo, 'write')) {
    throw trouble('FORBIDDEN', `${actor.login} does not have the correct permissions to execute this mutation`);
  }
  return { pull, actor };
}
