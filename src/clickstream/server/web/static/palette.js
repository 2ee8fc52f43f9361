// Colours: Grafana's classic palette and named colours, and threshold steps.

export const CLASSIC = [
  "#7EB26D", "#EAB839", "#6ED0E0", "#EF843C", "#E24D42", "#1F78C1", "#BA43A9", "#705DA0", "#508642", "#CCA300",
  "#447EBC", "#C15C17", "#890F02", "#0A437C", "#6D1F62", "#584477", "#B7DBAB", "#F4D598", "#70DBED", "#F9BA8F",
];

const NAMED = {
  green: "#73BF69", red: "#F2495C", orange: "#FF9830", yellow: "#FADE2A", blue: "#5794F2", purple: "#B877D9",
  "dark-red": "#C4162A", "dark-green": "#37872D", "dark-orange": "#FA6400", "dark-yellow": "#E0B400",
  "dark-blue": "#1F60C4", "semi-dark-red": "#E02F44", "light-red": "#FF7383", text: "currentColor", transparent: "transparent",
};

/** A CSS colour for a Grafana colour name. */
export const colour = (name) => NAMED[name] ?? name ?? NAMED.green;

/** The colour of the highest threshold step that `value` reaches. */
export function thresholdColour(value, thresholds) {
  let found = NAMED.green;
  for (const step of thresholds?.steps ?? []) {
    if (step.value === null || step.value === undefined || value >= step.value) found = colour(step.color);
  }
  return found;
}

/** Black or white, whichever is readable on `background` (a #rrggbb colour). */
export function inkOn(background) {
  const match = /^#(..)(..)(..)/.exec(background);
  if (!match) return "inherit";
  const [r, g, b] = match.slice(1).map((hex) => parseInt(hex, 16) / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#111217" : "#ffffff";
}
