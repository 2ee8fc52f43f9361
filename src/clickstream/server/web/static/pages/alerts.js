// Where alerts will be. Nothing watches tables yet, and the page says so.

import { el } from "../dom.js";

/** Show the page. */
export async function open(page) {
  page.append(el("main", { class: "page narrow" }, el("h1", {}, "Alerts"),
    el("p", {}, "No alert rules run yet: this version of clickstream does not watch tables by itself."),
    el("p", {}, "This page will list rules over tables (which rows, which limit, for how long), whether each of them fires, since when, and where it was reported."),
    el("p", {}, "Until then, two tables of the click pipeline hold what an alert would look at: ",
      el("a", { href: "/query?sql=SELECT%20*%20FROM%20ERRORS_PER_MIN_ALERT%20EMIT%20CHANGES%3B" }, "status codes with more than five errors"),
      " and ", el("a", { href: "/query?sql=SELECT%20*%20FROM%20USER_SESSION_BANDWIDTH%20EMIT%20CHANGES%3B" }, "bandwidth of user sessions"), ".")));
  document.getElementById("app").dataset.loaded = "true";
}
