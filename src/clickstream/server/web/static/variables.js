// Dashboard variables: `$name`, `${name}`, `[[name]]` in queries and titles.

function luceneEscape(value) {
  return String(value).replace(/[+\-=&|><!(){}[\]^"~*?:\\/ ]/g, (c) => (c === "<" || c === ">" ? "" : `\\${c}`));
}

/** A function that puts the variables' values into a text; `raw` leaves them unescaped (titles). */
export function interpolator(values, { raw = false } = {}) {
  const put = (name, all) => {
    if (!(name in values)) return all;
    const value = values[name];
    if (value === "$__all" || value === "*") return "*";
    if (raw) return [value].flat().join(", ");
    if (value === "") return '""';
    return Array.isArray(value) ? `(${value.map(luceneEscape).join(" OR ")})` : luceneEscape(value);
  };
  return (text) => String(text).replace(/\$\{(\w+)(?::\w+)?\}|\[\[(\w+)\]\]|\$(\w+)/g, (all, a, b, c) => put(a ?? b ?? c, all));
}

/** What a variable has before anybody chose: its current value, all of them where it may, else nothing. */
export function defaultValue(variable) {
  const current = variable.current?.value;
  if (current !== undefined && current !== null && current !== "") return current;
  if (variable.type === "textbox" || variable.type === "constant") return variable.query ?? "";
  return variable.includeAll ? "$__all" : "";
}
