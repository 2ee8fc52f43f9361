// A form for a new connector: a field for each setting of its class, checked by the server before it is created.

import { el } from "./dom.js";
import { connect } from "./ksql.js";

const GIVEN = new Set(["name", "connector.class"]);

/** The form; `onCreated(name)` is called for a connector that was created. */
export class ConnectorForm {
  constructor(onCreated) {
    this.onCreated = onCreated;
    this.fields = new Map();
    this.chosen = el("select", { id: "connector-class", onchange: () => this.showFields() });
    this.name = el("input", { id: "connector-name", required: true, spellcheck: "false", autocomplete: "off" });
    this.settings = el("div", { class: "settings" });
    this.note = el("p", { role: "status", class: "note-line" });
    const form = el("form", { onsubmit: (event) => { event.preventDefault(); this.create(); }, novalidate: true },
      el("div", { class: "settings" }, this.row("connector-class", "Class", this.chosen), this.row("connector-name", "Name", this.name)), this.settings,
      el("p", { class: "actions" }, el("button", { type: "button", onclick: () => this.check() }, "Check"), el("button", { type: "submit" }, "Create"), this.note));
    this.element = el("details", { class: "card" }, el("summary", {}, el("h2", {}, "New connector")), form);
  }

  row(id, title, field, hint = "") {
    const wrong = el("span", { class: "wrong", role: "alert", id: `${id}-wrong` });
    field.setAttribute("aria-describedby", wrong.id);
    return el("div", { class: "setting" }, el("label", { for: id, title: hint }, title), field, wrong);
  }

  async load() {
    const plugins = await connect("GET", "/connector-plugins");
    this.chosen.replaceChildren(...plugins.map((p) => el("option", { value: p.class }, `${p.class.split(".").at(-1)} (${p.type})`)));
    await this.showFields();
  }

  async showFields() {
    const definitions = await connect("GET", `/connector-plugins/${encodeURIComponent(this.chosen.value)}/config`);
    this.fields.clear();
    const rows = { needed: [], other: [] };
    for (const d of definitions.filter((each) => !GIVEN.has(each.name))) {
      const id = `setting-${d.name}`;
      const field = el("input", { id, placeholder: d.default_value ?? "", spellcheck: "false", autocomplete: "off" });
      this.fields.set(d.name, field);
      rows[d.required || d.importance === "HIGH" ? "needed" : "other"].push(this.row(id, `${d.name}${d.required ? " *" : ""}`, field, d.documentation));
    }
    this.settings.replaceChildren(...rows.needed, el("details", {}, el("summary", {}, `${rows.other.length} more settings`), ...rows.other));
    this.note.textContent = "";
  }

  config() {
    const config = { "connector.class": this.chosen.value, name: this.name.value.trim() };
    for (const [name, field] of this.fields) if (field.value.trim()) config[name] = field.value.trim();
    return config;
  }

  /** Ask the server whether the settings fit; show what it says at each field; return whether they do. */
  async check() {
    const answer = await connect("PUT", `/connector-plugins/${encodeURIComponent(this.chosen.value)}/config/validate`, this.config());
    const errors = new Map(answer.configs.map((c) => [c.value.name, c.value.errors]));
    const show = (field, name) => { field.parentElement.querySelector(".wrong").textContent = (errors.get(name) ?? []).join("; "); };
    for (const [name, field] of this.fields) show(field, name);
    show(this.name, "name");
    show(this.chosen, "connector.class");
    if (!this.name.value.trim()) this.name.parentElement.querySelector(".wrong").textContent = "a name is needed";
    const good = answer.error_count === 0 && this.name.value.trim() !== "";
    const closed = this.settings.querySelector("details");
    if (closed?.querySelector(".wrong:not(:empty)")) closed.open = true;
    this.note.textContent = good ? "The settings fit." : `${answer.error_count || 1} settings do not fit.`;
    return good;
  }

  async create() {
    try {
      if (!(await this.check())) return;
      const config = this.config();
      await connect("POST", "/connectors", { name: config.name, config });
      this.note.textContent = `Created ${config.name}.`;
      await this.onCreated(config.name);
    } catch (error) {
      this.note.textContent = error.message;
    }
  }
}
