/**
 * Expressions that find something wherever one of the given ones does, one for each set of flags: asked first, for most
 * lines match nothing, and one look at a line is cheaper than ten. For expressions without named groups and without
 * references to a group.
 */
export function anyOf(expressions: readonly RegExp[]): (text: string) => boolean {
  const byFlags = Map.groupBy(expressions, ({ flags }) => flags);
  const joined = [...byFlags].map(
    ([flags, group]) => new RegExp(group.map(({ source }) => `(?:${source})`).join('|'), flags),
  );
  // Asked of every line of a change, and so no function is made for the answer.
  return (text) => {
    for (const expression of joined) if (expression.test(text)) return true;
    return false;
  };
}
