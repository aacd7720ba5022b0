/** The most objects of each kind seen at once, minute by minute: a row of bars for each. */

import type { JSX } from "preact";
import type { CameraDetail } from "../api/types";

const MINUTES = 30;
const HEIGHT = 26;
const ROWS = 5;

interface Row {
  label: string;
  /** One for each of the last minutes, the newest last; null where nobody looked. */
  bars: (number | null)[];
  most: number;
}

function rowsOf(minutes: CameraDetail["minutes"]): Row[] {
  const newest = Date.parse(minutes.at(-1)?.minute ?? "");
  const byAge = new Map(minutes.map((m) => [Math.round((newest - Date.parse(m.minute)) / 60_000), m.most]));
  const labels = [...new Set(minutes.flatMap((m) => Object.keys(m.most)))];
  const rows = labels.map((label) => {
    const bars = Array.from({ length: MINUTES }, (_, i) => {
      const most = byAge.get(MINUTES - 1 - i);
      return most ? (most[label] ?? 0) : null;
    });
    return { label, bars, most: Math.max(0, ...bars.map((b) => b ?? 0)) };
  });
  return rows.sort((a, b) => b.most - a.most || a.label.localeCompare(b.label)).slice(0, ROWS);
}

export function CameraMinutes({ minutes }: { minutes: CameraDetail["minutes"] }): JSX.Element {
  const rows = rowsOf(minutes);
  return (
    <div data-testid="camera-minutes">
      <h3>Most at once, each minute of the last {MINUTES}</h3>
      {rows.length === 0 && <p class="dim">Nothing was seen yet.</p>}
      {rows.map((row) => (
        <Bars key={row.label} row={row} />
      ))}
    </div>
  );
}

function Bars({ row }: { row: Row }): JSX.Element {
  const scale = HEIGHT / Math.max(1, row.most);
  return (
    <div class="minutes" role="img" aria-label={`${row.label}: most at once ${row.most}, ${row.bars.at(-1) ?? 0} in the newest minute`}>
      <span class="clip">{row.label}</span>
      <svg viewBox={`0 0 ${MINUTES * 6} ${HEIGHT}`} preserveAspectRatio="none">
        {row.bars.map((n, i) =>
          n === null ? null : <rect key={i} x={i * 6} y={HEIGHT - Math.max(1, n * scale)} width={4.6} height={Math.max(1, n * scale)} class={n ? "" : "none"} />,
        )}
      </svg>
      <b>{row.most}</b>
    </div>
  );
}
