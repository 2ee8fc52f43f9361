// Which class draws which panel type.

import { BarGaugePanel } from "./bargauge.js";
import { StatPanel } from "./stat.js";
import { TablePanel } from "./table.js";
import { TextPanel, UnknownPanel } from "./text.js";
import { TimeseriesPanel } from "./timeseries.js";

const PANELS = { timeseries: TimeseriesPanel, table: TablePanel, stat: StatPanel, bargauge: BarGaugePanel, text: TextPanel };

/** The class for `type`. */
export const panelClass = (type) => PANELS[type] ?? UnknownPanel;
