// Text as it is written, and a clear placeholder for panels that cannot be drawn here.

import { el } from "../dom.js";

/** A text panel; Markdown is shown as plain text. */
export class TextPanel {
  constructor(panel, body) {
    body.append(el("div", { class: "text" }, panel.options?.content ?? ""));
  }

  update() {}

  dispose() {}
}

/** What stands in for a panel type that is not known here. */
export class UnknownPanel {
  constructor(panel, body) {
    body.append(el("p", { class: "empty" }, `Panels of type “${panel.type}” are not drawn here; Grafana draws them from the same file.`));
  }

  update() {}

  dispose() {}
}
