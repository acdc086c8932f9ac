/**
 * Whether two addresses mean one registry: host and path decide, not the protocol. `//host/` is how credentials are
 * addressed. What is no address, because a variable stands in it, is no one's registry.
 */
export function isSameRegistry(one: string, other: string): boolean {
  const [a, b] = [addressOf(one), addressOf(other)];
  return a !== null && a === b;
}

function addressOf(url: string): string | null {
  const parsed = URL.parse(url.startsWith('//') ? `https:${url}` : url);
  return parsed && parsed.host !== '' ? `${parsed.host}${parsed.pathname.replace(/\/+$/, '')}` : null;
}
