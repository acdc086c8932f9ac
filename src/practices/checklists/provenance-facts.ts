import type { Json } from '../../model/review.ts';
import type { Provenance } from '../../provenance/provenance.ts';

/** What is known of AI assistance, as data: the result, what the author says, and each mark with where it stands. */
export function provenanceFacts({ result, declaration, marks }: Provenance): { [name: string]: Json } {
  const said = declaration.state === 'absent' ? null : declaration.assisted ? (declaration.tool ?? 'yes') : 'no';
  return { result, declared: said, marks: marks.map(({ agent, what }) => ({ agent, what })) };
}
