/** Reactions to comments and reviews. */
import { nextId, timestamp } from '../emulator.ts';
import { connection, demand, type Node, type PageArguments, type View } from './view.ts';

const REACTION_CONTENTS: Record<string, string> = {
  THUMBS_UP: '+1',
  THUMBS_DOWN: '-1',
  LAUGH: 'laugh',
  HOORAY: 'hooray',
  CONFUSED: 'confused',
  HEART: 'heart',
  ROCKET: 'rocket',
  EYES: 'eyes',
};

/** Every content has its group, used or not. */
export function reactionGroups({ emulator, viewer }: View, subject: string): Node[] {
  const reactions = emulator.state.reactions.filter((reaction) => reaction.subject === subject);
  return Object.entries(REACTION_CONTENTS).map(([content, name]) => ({
    __typename: 'ReactionGroup',
    content,
    viewerHasReacted: reactions.some((each) => each.content === name && each.user_id === viewer?.id),
  }));
}

/** The reactions to something, oldest first. */
export function reactionsOf({ emulator }: View, subject: string) {
  return (args: PageArguments) =>
    connection(
      emulator.state.reactions.filter((reaction) => reaction.subject === subject),
      args,
      ({ content }) => ({
        __typename: 'Reaction',
        content: Object.keys(REACTION_CONTENTS).find((name) => REACTION_CONTENTS[name] === content),
      }),
    );
}

/** Reacts to a comment or a review by its node id; false where there is none. */
export function addReaction(view: View, subjectId: string, content: string): boolean {
  const { emulator, viewer } = view;
  const { comments, reviews } = emulator.tables;
  const comment = comments.all().find((each) => each.node_id === subjectId);
  const review = reviews.all().find((each) => each.node_id === subjectId);
  if ((!comment && !review) || !viewer) return false;
  demand(view, 'write', ...(comment ? ['issues', 'pull_requests'] : ['pull_requests']));
  const subject = comment ? `comment ${comment.id}` : `review ${review?.id}`;
  const name = REACTION_CONTENTS[content] ?? content;
  const { reactions } = emulator.state;
  const known = reactions.some(
    (each) => each.subject === subject && each.content === name && each.user_id === viewer.id,
  );
  if (!known) {
    reactions.push({ id: nextId(emulator), subject, user_id: viewer.id, content: name, created_at: timestamp() });
  }
  return true;
}
