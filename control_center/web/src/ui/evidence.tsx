/** Why the alert was raised: the values or the pictures. */

import type { JSX } from "preact";
import type { Alert, AlertDetail } from "../api/types";
import { known } from "../lib/severity";
import { EvidenceImages } from "./evidence-image";
import { EvidenceOriginals } from "./evidence-originals";
import { SeriesChart } from "./series-chart";

export function Evidence({ alert, detail }: { alert: Alert; detail: AlertDetail | null }): JSX.Element | null {
  if (!detail) return <div class="evidence-wait">Loading the evidence…</div>;
  const { images, series } = detail;
  const has = images.length > 0 || (series && series.points.length > 0);
  if (!has) return <p class="no-evidence">No values or pictures are kept with this alert.</p>;
  return (
    <div class="evidence">
      {images.length > 0 && (
        <EvidenceImages images={images} severity={known(alert.severity)} replay={alert.thing.clock === "replay"} />
      )}
      {images.length > 0 && <EvidenceOriginals alert={alert} />}
      {series && series.points.length > 0 && (
        <SeriesChart
          points={series.points}
          unit={series.unit}
          name={series.observed_property}
          threshold={series.threshold}
          marks={[{ at: alert.onset, text: "onset" }]}
          severity={known(alert.severity)}
          follow={alert.datastream && !alert.resolved_at ? alert.datastream.id : null}
          replay={alert.thing.clock === "replay"}
          testid="evidence-chart"
        />
      )}
    </div>
  );
}
