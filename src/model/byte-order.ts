import type { ChangedFile } from './pull-request.ts';

/** Git orders paths by their bytes; so do we, wherever the files come from. */
export function inByteOrder(files: readonly ChangedFile[]): ChangedFile[] {
  return files
    .map((file) => ({ file, bytes: Buffer.from(file.path) }))
    .sort((one, other) => Buffer.compare(one.bytes, other.bytes))
    .map(({ file }) => file);
}
