import { parse } from 'yaml';

/** Parses one YAML document. Throws on malformed text, on more than one document and on a bomb of aliases. */
export function readYaml(text: string): unknown {
  // `warn`, the default, writes to the console of whoever runs us.
  return parse(text, { logLevel: 'error', maxAliasCount: 100 });
}
