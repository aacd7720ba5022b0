/** The most objects of each kind seen at once, minute by minute: a row of bars for each. */

import type { JSX } from "preact";
import type { CameraDetail } from "../api/types";
import { MinuteBars } from "./minute-bars";

const MINUTES = 30;
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
      {rows.map(({ label, bars, most }) => (
        <MinuteBars key={label} name={label} bars={bars} scale={most} figure={most} says={`${label}: most at once ${most}, ${bars.at(-1) ?? 0} in the newest minute`} />
      ))}
    </div>
  );
}
