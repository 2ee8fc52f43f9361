// Rates from counters: two snapshots of `/api/flow`, and the time between them.

import { flow } from "./ksql.js";

const EVERY_MS = 2000;
const FIRST_MS = 700;

const byKey = (list, key) => new Map(list.map((entry) => [entry[key], entry]));

/** A function `(list, key, id, counter)` → how much the counter grows a second, null while unknown. */
function rateReader(before, now) {
  const seconds = before ? (now.nowMs - before.nowMs) / 1000 : 0;
  const old = {};
  return (list, key, id, counter) => {
    if (seconds <= 0) return null;
    old[list] ??= byKey(before[list], key);
    const [a, b] = [old[list].get(id), now[list].find((entry) => entry[key] === id)];
    return a && b ? Math.max(0, (b[counter] - a[counter]) / seconds) : null;
  };
}

/** Call `onSnapshot(snapshot, rate)` now and every two seconds while the page is seen; `onError` if it fails. */
export function watchFlow(onSnapshot, onError = () => {}) {
  let before = null;
  let timer = 0;
  async function look() {
    try {
      if (!document.hidden) {
        const now = await flow();
        onSnapshot(now, rateReader(before, now));
        timer = setTimeout(look, before ? EVERY_MS : FIRST_MS);
        before = now;
        return;
      }
    } catch (error) {
      onError(error);
    }
    timer = setTimeout(look, EVERY_MS);
  }
  look();
  return () => clearTimeout(timer);
}

/** A rate as text. */
export function rateText(rate) {
  if (rate === null) return "–";
  if (rate > 0 && rate < 0.1) return "< 0.1/s";
  return `${rate >= 100 ? Math.round(rate).toLocaleString("en") : Number(rate.toFixed(1))}/s`;
}
