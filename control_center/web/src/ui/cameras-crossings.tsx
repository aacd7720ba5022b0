/** Who crossed the wires of a camera in the last hour, minute by minute and by direction. */

import type { JSX } from "preact";
import type { Crossings } from "../api/types";
import { ageText, clockTime, when } from "../lib/format";
import { now } from "../state/clock";
import { MinuteBars } from "./minute-bars";

const MINUTES = 60;
const MINUTE_MS = 60_000;
/** They are told every few seconds; older ones are not the present. */
const OLD_S = 20;

const DIRECTIONS = [
  ["left_to_right", "left to right"],
  ["right_to_left", "right to left"],
] as const;

const FAMILIES: Record<string, string> = { person: "people", cycle: "cycles", vehicle: "vehicles" };

type Wire = Crossings["wires"][number];
type Direction = (typeof DIRECTIONS)[number][0];

export function CameraCrossings({ crossings, replay }: { crossings: Crossings | null; replay: boolean }): JSX.Element | null {
  if (!crossings) return null;
  const { since, until, age, wires } = crossings;
  const uncounted = uncountedMs(crossings);
  const whole = Date.parse(until) - Date.parse(since) >= MINUTES * MINUTE_MS;
  return (
    <div data-testid="camera-crossings">
      <h3>
        Line crossings{" "}
        <span class="dim">{whole ? "in the last hour" : `since ${when(since, now.peek(), replay)}`}</span>
      </h3>
      {uncounted > 0 && <p class="dim">Nobody counted for {ageText(uncounted)} of it.</p>}
      {age > OLD_S && <p class="problem">Nobody counts any more; this was so at {clockTime(Date.parse(until))}.</p>}
      {wires.map((wire) => (
        <WireBars key={wire.wire + wire.families.join()} wire={wire} crossings={crossings} />
      ))}
    </div>
  );
}

function WireBars({ wire, crossings }: { wire: Wire; crossings: Crossings }): JSX.Element {
  const counted = wire.families.map((family) => FAMILIES[family] ?? family).join(", ");
  const scale = Math.max(1, ...wire.minutes.flatMap((m) => [m.left_to_right, m.right_to_left]));
  return (
    <div class="crossings" data-testid="crossings-wire" data-wire={wire.wire}>
      <p title="Left and right as one looks from the wire's point 1 to its point 2">
        <b>{wire.wire}</b> <span class="dim">{counted}</span>
      </p>
      {DIRECTIONS.map(([direction, words]) => (
        <MinuteBars
          key={direction}
          name={words}
          bars={barsOf(wire, direction, crossings)}
          scale={scale}
          figure={wire[direction]}
          says={`${wire.wire}, ${words}: ${wire[direction]} ${counted} crossed`}
        />
      ))}
    </div>
  );
}

/** Of the last hour. */
function uncountedMs({ until, gaps }: Crossings): number {
  const begin = Date.parse(until) - MINUTES * MINUTE_MS;
  return gaps.reduce((sum, gap) => sum + Math.max(0, Date.parse(gap[1]) - Math.max(begin, Date.parse(gap[0]))), 0);
}

/** One for each of the last minutes, the newest last; null where nobody counted in any of it. */
function barsOf(wire: Wire, direction: Direction, { since, until, gaps }: Crossings): (number | null)[] {
  const minuteOf = (time: string): number => Math.floor(Date.parse(time) / MINUTE_MS);
  const newest = minuteOf(until);
  const first = minuteOf(since);
  const counts = new Map(wire.minutes.map((m) => [minuteOf(m.minute), m[direction]]));
  return Array.from({ length: MINUTES }, (_, i) => {
    const minute = newest - MINUTES + 1 + i;
    const [begin, end] = [minute * MINUTE_MS, (minute + 1) * MINUTE_MS];
    const missed = minute < first || gaps.some((gap) => Date.parse(gap[0]) <= begin && Date.parse(gap[1]) >= end);
    return counts.get(minute) ?? (missed ? null : 0);
  });
}
