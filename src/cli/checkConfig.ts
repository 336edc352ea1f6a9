import { type Environment, given } from "../config/environment.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { type Setting, settings } from "../config/settings.ts";
import { parseSettingsFile, readSettingsFile } from "../config/settingsFile.ts";

/**
 * What `kubenurse check-config` prints: each variable as it counts and where it comes from, without secrets; `warnings` are
 * lines of their own.
 * @throws ConfigError as the start of the agent does.
 */
export async function checkConfig(
  environment: Environment,
): Promise<{ lines: string[]; warnings: string[] }> {
  const { config, warnings } = loadConfig(environment);
  if (config.file !== undefined) {
    const taken = config.extraChecks.map(({ name }) => name);
    await parseSettingsFile(readSettingsFile(config.file), config.file, taken);
  }
  const lines = Object.entries<Setting<unknown>>(settings).map(([name, setting]) => {
    const { name: givenName, source, text } = given(environment, name, setting);
    const shown = setting.kind.mask?.(text) ?? text;
    return `${givenName}=${shown.replaceAll("\n", "\\n")} (${source})`;
  });
  return { lines, warnings };
}
