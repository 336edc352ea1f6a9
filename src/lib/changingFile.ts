import { readFileSync, type Stats, statSync } from "node:fs";

export interface ChangingFile {
  /** Current content; re-read only when mtime, size or inode changed. Throws the file system's error. */
  read(): { content: string; version: number };
}

/** A text file that others replace while this process runs, such as a mounted Secret; links are followed. */
export function createChangingFile(path: string): ChangingFile {
  let seen: { identity: string; content: string; version: number } | undefined;
  return {
    read() {
      // Taken before the content: a write in between is then read again the next time, never missed.
      const identity = identityOf(statSync(path));
      if (seen?.identity !== identity) {
        seen = { identity, content: readFileSync(path, "utf8"), version: (seen?.version ?? 0) + 1 };
      }
      return { content: seen.content, version: seen.version };
    },
  };
}

function identityOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join();
}
