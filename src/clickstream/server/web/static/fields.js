// A panel's field settings: defaults, then the overrides that match a name.

function matches(matcher, name) {
  if (matcher.id === "byName") return matcher.options === name;
  if (matcher.id === "byRegexp") {
    const parts = /^\/(.*)\/(\w*)$/.exec(matcher.options);
    return parts ? new RegExp(parts[1], parts[2]).test(name) : new RegExp(matcher.options).test(name);
  }
  return false;
}

/** The settings of the field called `name`: {unit, decimals, thresholds, displayName, custom, color, min, max}. */
export function fieldConfig(panel, name) {
  const config = structuredClone(panel.fieldConfig?.defaults ?? {});
  config.custom ??= {};
  for (const override of panel.fieldConfig?.overrides ?? []) {
    if (!matches(override.matcher, name)) continue;
    for (const { id, value } of override.properties) {
      if (id.startsWith("custom.")) config.custom[id.slice("custom.".length)] = value;
      else config[id] = value;
    }
  }
  return config;
}
