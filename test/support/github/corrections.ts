/** Small differences between what `emulate` answers and what GitHub does, put right on the way out. */
import { type Emulator, findUser, toSeconds } from './emulator.ts';
import { accountJson, type Json, teamJson } from './format.ts';

/** Corrects a JSON answer of `emulate`, all the way down. */
export function correct(emulator: Emulator, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => correct(emulator, item));
  if (value === null || typeof value !== 'object') return value;
  const object: Json = {};
  for (const [field, item] of Object.entries(value)) {
    object[field] = typeof item === 'string' && isDate(field) ? toSeconds(item) : correct(emulator, item);
  }
  return correctShape(emulator, object);
}

function isDate(field: string): boolean {
  return field.endsWith('_at') || field === 'date' || field === 'timestamp';
}

/** Things are told apart by the fields that only they have. */
function correctShape(emulator: Emulator, object: Json): Json {
  if (typeof object.login === 'string' && 'gravatar_id' in object) {
    // A full account has more; a simple one is shown as everywhere else.
    const account = findUser(emulator, object.login) ?? emulator.tables.orgs.findOneBy('login', object.login);
    return account ? { ...object, ...accountJson(emulator, account) } : object;
  }
  if ('members_url' in object && 'slug' in object) {
    const team = emulator.tables.teams.get(Number(object.id));
    return team
      ? { ...teamJson(emulator, team), ...(object.permission ? { permission: object.permission } : {}) }
      : object;
  }
  if ('diff_hunk' in object) return reviewComment(object);
  if ('delivered_at' in object && 'guid' in object) return { ...object, installation_id: null, repository_id: null };
  if ('full_name' in object && 'clone_url' in object) {
    return { ...object, web_commit_signoff_required: false, custom_properties: {} };
  }
  return object;
}

function reviewComment(comment: Json): Json {
  const { in_reply_to_id: replyTo, ...rest } = comment;
  return {
    ...rest,
    ...(replyTo === null ? {} : { in_reply_to_id: replyTo }),
    position: comment.position ?? 1,
    original_position: comment.original_position ?? 1,
    original_line: comment.line,
    start_line: null,
    original_start_line: null,
    start_side: null,
    _links: {
      self: { href: comment.url },
      html: { href: comment.html_url },
      pull_request: { href: comment.pull_request_url },
    },
  };
}
