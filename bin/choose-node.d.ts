export function isSupported(version: string, engines: string): boolean;
export function findPinnedNode(root: string, engines: string): string | null;
