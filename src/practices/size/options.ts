import { z } from 'zod';

const weight = z.number().min(0).max(10);
const lines = z.int().min(1);

/** A glob that takes files in. One that begins with `!` would turn the sense around, which nobody reads right. */
const glob = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^!]/, 'A glob here can only take files in, so it cannot begin with "!".');

const globs = z.array(glob).max(500);

/** How much of a line counts, by what the file is and by what happened to the line. */
export const weights = z
  .strictObject({
    source: weight.default(1).describe('A line of source code.'),
    tests: weight.default(0.5).describe('A line of tests.'),
    fixtures: weight.default(0.25).describe('A line of test data.'),
    snapshots: weight.default(0.1).describe('A line of a recorded snapshot.'),
    documentation: weight.default(0.25).describe('A line of prose.'),
    generated: weight.default(0).describe('A line of a generated file. Above 0 its files count as files to open.'),
    vendored: weight.default(0).describe('A line of vendored code. Above 0 its files count as files to open.'),
    lockfile: weight.default(0).describe('A line of a lockfile. Above 0 its files count as files to open.'),
    binary: weight.default(0).describe('A whole binary file or picture, in lines.'),
    deleted: weight.default(0.25).describe('A deleted line, against an added one of the same file.'),
    moved: weight.default(0.04).describe('A line that only changed its place, within a file or across files.'),
    whitespace: weight.default(0.02).describe('A line that only changed its indentation, spacing or line end.'),
    formatting: weight.default(0.1).describe('A line that was only broken, joined or punctuated differently.'),
    comments: weight.default(0.5).describe('A line of comment, against one of code.'),
    blank: weight.default(0).describe('A blank line.'),
    overlong: weight.default(1).describe('Each further 200 characters of one line, against a line of their own.'),
  })
  .prefault({})
  .describe('How much a line counts, by what it is. The weight of its file and that of its kind are multiplied.');

/** The weights with their defaults filled in. */
export type Weights = z.output<typeof weights>;

const classes = z
  .strictObject({
    source: globs.default([]).describe('Files that are source code whatever their name or header says.'),
    tests: globs.default([]).describe('Files that are tests.'),
    fixtures: globs.default([]).describe('Files that are test data.'),
    snapshots: globs.default([]).describe('Files that a test recorded.'),
    documentation: globs.default([]).describe('Files that are prose.'),
    generated: globs.default([]).describe('Files that a tool writes.'),
    vendored: globs.default([]).describe('Files that belong to somebody else.'),
  })
  .prefault({})
  .describe('Globs that say what files are, before attributes, names and headers are asked.');

const pathLimit = z.strictObject({
  paths: globs.min(1).describe('Globs of the files it is about.'),
  'max-lines': lines.optional().describe('The most effort in these files together.'),
  'max-files': lines.optional().describe('The most files of these to open.'),
  because: z.string().min(1).max(200).optional().describe('Why, shown to the author.'),
});

/** A limit on some of the files. */
export type PathLimit = z.output<typeof pathLimit>;

const limit = lines.nullable();

const rule = z.strictObject({
  when: z
    .strictObject({
      labels: z.array(z.string().min(1).max(100)).min(1).optional().describe('It has one of these labels.'),
      base: globs.min(1).optional().describe('It goes into a branch that matches one of these globs.'),
      author: z
        .array(z.enum(['user', 'bot', 'unknown']))
        .min(1)
        .optional()
        .describe('Its author is of this kind.'),
      logins: globs.min(1).optional().describe("Its author's login matches one of these globs."),
      trailers: globs
        .min(1)
        .optional()
        .describe('One of its commits has a trailer `Key: value` that matches one of these globs.'),
      provenance: z
        .array(z.enum(['declared', 'detected']))
        .min(1)
        .optional()
        .describe(
          'It was made with AI: its author says so, or marks of an agent were seen. Such a rule only makes steps ' +
            'stricter: of two values the stricter counts.',
        ),
    })
    .describe('All that is named must hold; of each list one entry is enough.'),
  'max-lines': lines.optional().describe('Replaces `max-lines`.'),
  'max-files': lines.optional().describe('Replaces `max-files`.'),
  'warn-at': limit.optional().describe('Replaces `warn-at`; `null` takes the step away.'),
  'block-at': limit.optional().describe('Replaces `block-at`; `null` takes the step away.'),
  'extra-approvals-at': limit.optional().describe('Replaces `extra-approvals-at`; `null` takes the step away.'),
  'extra-approvals': lines.max(20).optional().describe('Replaces `extra-approvals`.'),
});

/** Other limits for some pull requests. */
export type LimitRule = z.output<typeof rule>;

const labels = z
  .strictObject({
    enabled: z.boolean().default(false).describe('Whether the pull request gets a label of its size.'),
    prefix: z.string().min(1).max(30).default('size/').describe('What the labels begin with.'),
    xs: lines.default(10).describe('The most effort of an XS.'),
    s: lines.default(50).describe('The most effort of an S.'),
    m: lines.default(200).describe('The most effort of an M.'),
    l: lines.default(400).describe('The most effort of an L.'),
    xl: lines.default(1_000).describe('The most effort of an XL; what is above is an XXL.'),
  })
  .prefault({})
  .describe('A label `size/XS` to `size/XXL`. Only labels that Composure added itself are ever removed.');

/** How pull requests are labelled. */
export type LabelOptions = z.output<typeof labels>;

/** What a repository can set. */
export const options = z.strictObject({
  'max-lines': lines
    .default(400)
    .describe('The most effort one pull request may ask of a reviewer, in lines of new source code.'),
  'max-files': lines.default(25).describe('The most files a reviewer may have to open.'),
  'warn-at': limit.default(null).describe('Above this effort a warning says so; nothing is blocked.'),
  'block-at': limit
    .default(null)
    .describe('The same limit as `max-lines` by the name it has on the ladder; where both are given, this one counts.'),
  'extra-approvals-at': limit
    .default(null)
    .describe('Above this effort the check waits for `extra-approvals` approvals.'),
  'extra-approvals': lines
    .max(20)
    .default(2)
    .describe('How many people with write access who did not write it must approve a change that large.'),
  'fresh-approvals': z
    .boolean()
    .default(false)
    .describe(
      'Whether only approvals of the present head count. Otherwise they stand after a push as on GitHub, until they ' +
        'are taken back or dismissed.',
    ),
  'path-limits': z
    .array(pathLimit)
    .max(100)
    .default([])
    .describe('Limits on some of the files, beside those on all of them.'),
  rules: z
    .array(rule)
    .max(100)
    .default([])
    .describe(
      'Other limits by label, base branch, author, trailer or provenance. All that fit apply, the later over the earlier.',
    ),
  exclude: z
    .array(z.string().max(500).regex(/^[^!]/, 'A glob here can only take files out, so it cannot begin with "!".'))
    .default([])
    .describe('Globs of files that nobody reads in review; they count neither as lines nor as files.'),
  classes,
  'generated-headers': z
    .boolean()
    .default(true)
    .describe('Whether a header such as `@generated` or `DO NOT EDIT` makes a file a generated one.'),
  weights,
  labels,
  'split-plan': z.boolean().default(true).describe('Whether a change over its limit gets a plan for smaller ones.'),
});

/** The options with their defaults filled in. */
export type Options = z.output<typeof options>;
