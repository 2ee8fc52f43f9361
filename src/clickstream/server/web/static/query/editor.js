// The SQL editor: CodeMirror out of NiceGUI's package, with the language's words, the sources and their columns.

import * as CM from "/lib/codemirror/index.js";
import { flow, keywords, statements } from "../ksql.js";

const WORD = /[\w$.]+$/;
const RANK = { column: 3, stream: 2, table: 2, function: 1, keyword: 0 };

/** Everything that can be completed: [{label, type, detail}]. What cannot be asked for is left out. */
export async function vocabulary() {
  const [words, snapshot, functions] = await Promise.all([
    keywords().catch(() => []), flow().catch(() => ({ sources: [] })), statements("SHOW FUNCTIONS;").catch(() => [{ functions: [] }]),
  ]);
  const columns = new Map();
  for (const source of snapshot.sources) for (const name of source.columns) columns.set(name, [...(columns.get(name) ?? []), source.name]);
  return [
    ...[...columns].map(([label, of]) => ({ label, type: "property", detail: of.slice(0, 2).join(", "), boost: RANK.column })),
    ...snapshot.sources.map((s) => ({ label: s.name, type: "class", detail: s.kind.toLowerCase(), boost: RANK.stream })),
    ...functions[0].functions.map((f) => ({ label: f.name, type: "function", apply: `${f.name}(`, detail: f.type.toLowerCase(), boost: RANK.function })),
    ...words.map((label) => ({ label, type: "keyword", boost: RANK.keyword })),
  ];
}

function completer(words) {
  return (context) => {
    const word = context.matchBefore(WORD);
    if (!word && !context.explicit) return null;
    const from = word ? word.from + word.text.lastIndexOf(".") + 1 : context.pos;
    return { from, options: words, validFor: /^\w*$/ };
  };
}

const LOOK = CM.EditorView.theme({
  "&": { backgroundColor: "var(--panel)", color: "var(--ink)", fontSize: "14px" },
  ".cm-content": { caretColor: "var(--ink)", minHeight: "110px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--page)", color: "var(--muted)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--grid) !important" },
  ".cm-tooltip": { backgroundColor: "var(--panel)", color: "var(--ink)", border: "1px solid var(--edge)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "#ffffff" },
});

/** Colours of words on the theme's ground. */
function inks() {
  const dark = document.documentElement.dataset.theme === "dark";
  return CM.syntaxHighlighting(dark ? CM.oneDarkHighlightStyle : CM.defaultHighlightStyle);
}

async function language() {
  const found = CM.languages.find((each) => each.name === "SQL");
  return found ? [await found.load()] : [];
}

/** An editor in `parent`; `onRun()` is called for Ctrl+Enter. */
export async function createEditor(parent, text, onRun) {
  const colours = new CM.Compartment();
  // CodeMirror knows a source of completions by its identity: it must be the same function every time.
  const completions = [{ autocomplete: completer(await vocabulary()) }];
  const view = new CM.EditorView({
    parent,
    doc: text,
    extensions: [
      CM.Prec.highest(CM.keymap.of([{ key: "Mod-Enter", run: () => { onRun(); return true; } }])),
      colours.of(inks()), CM.basicSetup, await language(), LOOK, CM.EditorView.lineWrapping,
      CM.EditorState.languageData.of(() => completions),
      CM.EditorView.contentAttributes.of({ "aria-label": "SQL", spellcheck: "false" }),
    ],
  });
  window.addEventListener("theme", () => view.dispatch({ effects: colours.reconfigure(inks()) }));
  return {
    get text() { return view.state.doc.toString(); },
    set text(value) { view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } }); view.focus(); },
    focus: () => view.focus(),
  };
}
