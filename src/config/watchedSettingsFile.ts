import type { Logger } from "pino";
import type { Clock } from "../edges.ts";
import { createChangingFile } from "../lib/changingFile.ts";
import { parseSettingsFile, readSettingsFile } from "./settingsFile.ts";
import type { SettingsFile } from "./settingsFileSchema.ts";

/** A ConfigMap's mounted file changes up to a minute after the ConfigMap, so that a few seconds more do not matter. */
const pollSeconds = 5;

/** A settings file that is read again when it changes. */
export interface WatchedSettingsFile {
  /** How the latest reading went, and the Unix time of the latest good one. */
  state(): { readonly successful: boolean; readonly at: number };
  stop(): void;
}

/**
 * Calls back with what the file says, now and after each change; `taken` as for `parseSettingsFile`. A changed file that can't be used is logged, and what was read before
 * stays.
 * @throws ConfigError where the file can't be used at first.
 */
export async function watchSettingsFile(
  path: string,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
  onChange: (file: SettingsFile) => void,
  taken: readonly string[] = [],
): Promise<WatchedSettingsFile> {
  const file = createChangingFile(path);
  let version: number | undefined;
  let state = { successful: true, at: clock.wallNow() };
  let lastProblems = "";
  let cancel = () => {};
  let stopped = false;

  const readIfChanged = async () => {
    const before = version;
    version = undefined;
    const text = readSettingsFile(path, () => {
      const { content, version: now } = file.read();
      version = now;
      return content;
    });
    if (version === before) return;
    const settings = await parseSettingsFile(text, path, taken);
    if (stopped) return;
    onChange(settings);
    state = { successful: true, at: clock.wallNow() };
    if (before !== undefined || lastProblems !== "") log.info({ path }, "settings file read again");
    lastProblems = "";
  };
  const poll = () => {
    cancel = clock.after(pollSeconds, async () => {
      await readIfChanged().catch((error) => {
        state = { ...state, successful: false };
        if (error.message !== lastProblems) log.error({ err: error }, "keeping the previous settings file");
        lastProblems = error.message;
      });
      if (!stopped) poll();
    });
  };

  await readIfChanged();
  poll();
  return {
    state: () => state,
    stop() {
      stopped = true;
      cancel();
    },
  };
}
