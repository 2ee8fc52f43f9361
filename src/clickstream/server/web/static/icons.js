// Small drawings for buttons, as outlines on a 16 × 16 grid; they take the button's ink.

const OUTLINES = {
  download: "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
  expand: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  earlier: "M10 3 5 8l5 5",
  later: "M6 3l5 5-5 5",
  refresh: "M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3",
  theme: "M8 2a6 6 0 1 0 0 12ZM8 2a6 6 0 0 1 0 12",
};
const SVG = "http://www.w3.org/2000/svg";

/** The drawing called `name`. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true", class: "icon" })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", OUTLINES[name]);
  svg.append(path);
  return svg;
}
