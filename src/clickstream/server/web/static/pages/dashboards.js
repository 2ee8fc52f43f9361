// All dashboards; import of one from a file.

import { dashboard, dashboards } from "../api.js";
import { button, download, el } from "../dom.js";
import { deleteDashboard, saveDashboard } from "../ksql.js";
import { ListTable } from "../list_table.js";

/** The model in an exported file: bare, or as the API wraps it. */
function modelOf(text) {
  const read = JSON.parse(text);
  const model = read.dashboard ?? read;
  if (typeof model !== "object" || !model?.title) throw new Error("the file holds no dashboard with a title");
  return model;
}

/** Show the page. */
export async function open(page) {
  const note = el("p", { role: "status", class: "note-line" });
  const say = (text, wrong = false) => { note.textContent = text; note.classList.toggle("wrong", wrong); };
  const refresh = async () => table.update(await dashboards());
  const save = async (d) => {
    const found = await dashboard(d.uid);
    download(`${d.uid}.json`, JSON.stringify(found.dashboard, null, 2), "application/json");
  };
  const remove = async (d) => {
    if (!confirm(`Delete the dashboard “${d.title}”?`)) return;
    await deleteDashboard(d.uid).then(refresh).catch((error) => say(error.message, true));
  };
  const table = new ListTable("Dashboards", [
    { title: "Title", value: (d) => d.title, cell: (d) => el("a", { href: d.url }, d.title) },
    { title: "Tags", value: (d) => d.tags.join(", ") },
    { title: "Address", value: (d) => d.uid },
    { title: "", value: () => "", cell: (d) => el("span", { class: "actions" }, button(`Save ${d.title} as a file`, () => save(d), {}, "Export"), button(`Delete ${d.title}`, () => remove(d), {}, "Delete")) },
  ], { empty: "No dashboards yet: import one from a file." });
  const overwrite = el("input", { type: "checkbox", id: "overwrite" });
  const take = async (event) => {
    const [file] = event.target.files;
    try {
      const saved = await saveDashboard({ ...modelOf(await file.text()), id: null }, overwrite.checked);
      say(`Imported: ${saved.url}`);
      await refresh();
    } catch (error) {
      say(`${file.name}: ${error.message}`, true);
    }
    event.target.value = "";
  };
  page.append(el("main", { class: "page" }, el("h1", {}, "Dashboards"), table.element,
    el("section", { class: "card" }, el("h2", {}, "Import"), el("p", {}, "A dashboard's JSON, as Grafana exports it."),
      el("p", { class: "actions" }, el("input", { type: "file", accept: ".json,application/json", "aria-label": "Dashboard file", onchange: take }),
        el("label", { for: "overwrite" }, overwrite, " Replace one of the same address")), note)));
  await refresh();
  document.getElementById("app").dataset.loaded = "true";
}
