/** What templates ask below their headings: words, and not the author's. */
const TEMPLATE_SENTENCES: readonly RegExp[] = [
  // Nygard, adr-tools
  /what is the issue that we.re seeing that is motivating this decision or change\??/gi,
  /what is the change that we.re (?:actually )?proposing (?:and\/or|or have agreed to) (?:doing|implement(?:ing)?)\??/gi,
  /what becomes easier or (?:more )?difficult to do(?: and any risks introduced)? (?:because of this change|by the change that will need to be mitigated)\.?\??/gi,
  /what is the status, such as proposed, accepted, rejected, deprecated, superseded, etc\.\?/gi,
  /the issue motivating this decision, and any context that influences or constrains the decision\.?/gi,
  /the change that we.re proposing or have agreed to implement\.?/gi,
  /this section describes (?:the forces at play|our response to these forces|the resulting context)[^.]*\./gi,
  // MADR 2 to 4, where somebody took the braces away
  /describe the context and problem statement, e\.g\.,? in free form using two to three sentences(?: or in the form of an illustrative story)?\.?/gi,
  /you may want to articulate the problem (?:as|in form of) a question(?: and add links to collaboration boards or issue management systems)?\.?/gi,
  /chosen option:[ \t]{0,9}"?\[?(?:title of )?option ?\d?\]?"?,? because[ \t]{0,9}(?:\[?justification[^.\n]{0,200})?/gi,
  /e\.g\.,? (?:only option,? which meets k\.o\. criterion decision driver|improvement of (?:one or more desired qualit\w+|quality attribute satisfaction)|comprom\w+ (?:one or more desired qualit\w+|quality attribute))[^\n]*/gi,
  /^[ \t]{0,9}[*-]?[ \t]{0,9}(?:good|bad|neutral),? because[ \t]{0,9}(?:argument \w{1,9})?[ \t]{0,9}$/gim,
  /^[ \t]{0,9}[*-]?[ \t]{0,9}\[?(?:title of )?option \d\]?[ \t]{0,9}$/gim,
  /(?:example|description) \| pointer to more information \| …/gi,
];

/** `Date: 2026-11-20`, `* Deciders: …`, `status: accepted`: about the record, not the decision. */
const METADATA =
  /^[\s*_+-]*(?:status|date|deciders?|decision-makers|consulted|informed|author|authors|tags?|technical story|supersedes|superseded by|affects)[\s*_]*:/i;

/** `{describe the context}`, `[describe the context]`, `<what was decided>`, `TODO`, `…`. */
const PLACEHOLDER =
  /\{[^{}]{0,2000}\}|\[(?=[^\]\n]{0,300}\s)[^\][]{0,600}\](?!\()|<(?=[^>\n]{0,300}\s)[^<>]{0,600}>|\b(?:TODO|TBD|FIXME|XXX)\b[^\n]*|…|\blorem ipsum[^\n]*/gi;

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** Enough to know that a record says something; counting on would only cost time. */
const COUNTED_LENGTH = 8_000;

/** What a section holds beside what its template put there. */
export interface Substance {
  /** The author's own words, in lower case. */
  words: string[];
  /** True where placeholders or a template's own sentences stand in it. */
  template: boolean;
}

/** Tells the author's words from the template's. `text` has no comments and no code any more. */
export function substanceOf(text: string): Substance {
  const lines = text
    .slice(0, COUNTED_LENGTH * 2)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const prose = lines
    .filter((line) => !/^\s*(?:#|---\s*$|={3,}\s*$)/.test(line) && !METADATA.test(line.slice(0, 500)))
    .join('\n');
  let own = prose;
  for (const sentence of TEMPLATE_SENTENCES) own = own.replace(sentence, ' ');
  own = own.replace(PLACEHOLDER, ' ');
  const words: string[] = [];
  // By segments, because not every language puts blanks between its words.
  for (const { segment, isWordLike } of segmenter.segment(own.slice(0, COUNTED_LENGTH))) {
    if (isWordLike) words.push(segment.toLowerCase());
  }
  return { words, template: own !== prose };
}

/** True where a section only says the title again. */
export function repeatsTitle(words: readonly string[], title: string): boolean {
  const said = new Set(substanceOf(title).words);
  const meaning = words.filter((word) => word.length > 3);
  return said.size > 0 && meaning.length > 0 && meaning.every((word) => said.has(word));
}
