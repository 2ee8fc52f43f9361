// What was run in this browser, newest first; nothing of it leaves the browser.

const KEY = "query-history";
const KEPT = 50;

/** The statements that were run. */
export function history() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

/** Put `text` on top. */
export function remember(text) {
  localStorage.setItem(KEY, JSON.stringify([text, ...history().filter((t) => t !== text)].slice(0, KEPT)));
}

/** Forget everything. */
export const forget = () => localStorage.removeItem(KEY);
