// The transformations that the shipped dashboards use: organize, joinByField, calculateField.

const OPERATORS = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => (b === 0 ? null : a / b) };

function organize(frames, options) {
  return frames.map((frame) => {
    const shown = frame.fields.filter((f) => !options.excludeByName?.[f.name]);
    const place = (f) => options.indexByName?.[f.name] ?? Number.MAX_SAFE_INTEGER;
    shown.sort((a, b) => place(a) - place(b));
    return { ...frame, fields: shown.map((f) => ({ ...f, name: options.renameByName?.[f.name] || f.name })) };
  });
}

function joinByTime(frames) {
  const times = [...new Set(frames.flatMap((f) => f.fields[0]?.values ?? []))].sort((a, b) => a - b);
  const fields = [{ name: "Time", type: "time", values: times }];
  for (const frame of frames) {
    const at = new Map((frame.fields[0]?.values ?? []).map((t, i) => [t, i]));
    for (const field of frame.fields.slice(1)) {
      fields.push({ name: frame.name, type: "number", values: times.map((t) => (at.has(t) ? field.values[at.get(t)] : null)) });
    }
  }
  return [{ name: "joined", labels: {}, fields }];
}

function calculate(frames, options) {
  if (options.mode !== "binary") throw new Error(`calculateField ${options.mode} is not drawn here`);
  const { left, operator, right } = options.binary;
  return frames.map((frame) => {
    const column = (name) => {
      const field = frame.fields.find((f) => f.name === name);
      if (field) return field.values;
      return frame.fields[0].values.map(() => (name === "" || Number.isNaN(Number(name)) ? null : Number(name)));
    };
    const [a, b] = [column(left), column(right)];
    const values = a.map((v, i) => (b[i] === null ? null : OPERATORS[operator](v ?? 0, b[i])));
    const made = { name: options.alias ?? `${left} ${operator} ${right}`, type: "number", values };
    const kept = options.replaceFields ? frame.fields.filter((f) => f.type === "time") : frame.fields;
    return { ...frame, name: made.name, fields: [...kept, made] };
  });
}

const TRANSFORMATIONS = { organize, joinByField: joinByTime, calculateField: calculate };

/** `frames` after a panel's transformations; throws for one that is not known here. */
export function transform(frames, transformations = []) {
  return transformations.filter((t) => !t.disabled).reduce((current, { id, options }) => {
    if (!TRANSFORMATIONS[id]) throw new Error(`transformation ${id} is not drawn here`);
    return TRANSFORMATIONS[id](current, options ?? {});
  }, frames);
}
