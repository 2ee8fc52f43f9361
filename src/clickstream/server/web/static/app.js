// The frame of all pages: the navigation, and which module fills the page that the address names.

import { el } from "./dom.js";
import { themeSwitch } from "./toolbar.js";

const app = document.getElementById("app");

const PAGES = [
  { path: "/dashboards", title: "Dashboards", module: "./pages/dashboards.js" },
  { path: "/flow", title: "Flow", module: "./pages/flow.js" },
  { path: "/connectors", title: "Connectors", module: "./pages/connectors.js" },
  { path: "/topics", title: "Topics", module: "./pages/topics.js" },
  { path: "/query", title: "Query", module: "./pages/query.js" },
  { path: "/alerts", title: "Alerts", module: "./pages/alerts.js" },
  { path: "/log", title: "Processing log", module: "./pages/log.js" },
];
const DASHBOARD = { path: "/d", title: "Dashboard", module: "./pages/dashboard.js" };
const FOUND_BY = (path) => (page) => path === page.path || path.startsWith(`${page.path}/`);

/** The button that ends a session, where there is one. */
function logout() {
  if (!document.cookie.includes("clickstream_logged_in=")) return null;
  return el("form", { method: "post", action: "/logout" }, el("button", { type: "submit" }, "Log out"));
}

function navigation(current) {
  const home = current === DASHBOARD ? PAGES[0] : current;
  const links = PAGES.map((p) => el("a", { href: p.path, "aria-current": p === home ? "page" : null }, p.title));
  return el("div", { class: "site" }, el("a", { class: "skip", href: "#page" }, "Skip to the page"),
    el("a", { class: "brand", href: "/" }, "clickstream"), el("nav", { "aria-label": "Pages" }, ...links), themeSwitch(), logout());
}

async function open() {
  const page = [DASHBOARD, ...PAGES].find(FOUND_BY(location.pathname)) ?? PAGES[0];
  const place = el("div", { id: "page", tabindex: "-1" });
  app.replaceChildren(navigation(page), place);
  document.title = `${page.title} · clickstream`;
  try {
    await (await import(page.module)).open(place);
  } catch (error) {
    place.replaceChildren(el("main", { class: "failed" }, el("h1", {}, "This page cannot be shown"), el("p", {}, error.message)));
  }
}

open();
