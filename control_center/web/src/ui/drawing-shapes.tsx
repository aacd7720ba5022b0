/** What is drawn, as shapes on the picture. `unit`: a hundredth of the picture's width. */

import type { JSX } from "preact";
import { pointsOf, type Alarm, type Drawing, type Point, type Ref } from "../lib/drawing";
import { horizon, reaches } from "../lib/ground";

export interface Size {
  width: number;
  height: number;
}

export const scaled = (points: Point[], { width, height }: Size): Point[] => points.map(([x, y]) => [x * width, y * height]);
export const told = (points: Point[]): string => points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");

export function Shape({ drawing: now, of, size }: { drawing: Drawing; of: Ref; size: Size }): JSX.Element | null {
  const unit = size.width / 100;
  const points = scaled(pointsOf(now, of), size);
  const first = points[0];
  if (!first) return null;
  if (of.kind === "marks") return <polygon class="body" points={told(points)} />;
  const name = now[of.kind][of.index]?.name;
  const label = <Label text={name} at={labelled(of, points)} unit={unit} />;
  if (of.kind === "areas") {
    return (
      <>
        <polygon class="body" points={told(points)} />
        {label}
      </>
    );
  }
  const way = of.kind === "ways" ? now.ways[of.index] : undefined;
  const line = way ? points.slice(0, way.line.length) : points;
  return (
    <>
      <polyline class="grip" points={told(line)} />
      <polyline class="body" points={told(line)} />
      {way ? <Arrows line={line} unit={unit} /> : <Over line={line} unit={unit} alarm={now.wires[of.index]?.alarm ?? "both"} />}
      {way?.stop && <Stop at={points.at(-1) as Point} unit={unit} />}
      {label}
    </>
  );
}

/** Where a part's name stands: an area's in its middle, a wire's at its end, a way's at its start. */
function labelled({ kind }: Ref, points: Point[]): Point {
  if (kind !== "areas") return (kind === "wires" ? points.at(-1) : points[0]) as Point;
  const middle = (axis: 0 | 1): number => points.reduce((sum, p) => sum + p[axis], 0) / points.length;
  return [middle(0), middle(1)];
}

function Label({ text, at: [x, y], unit }: { text: string | undefined; at: Point; unit: number }): JSX.Element {
  return (
    <text x={Math.min(Math.max(x, 4 * unit), 96 * unit)} y={Math.max(y + 0.6 * unit, 2 * unit)} font-size={1.5 * unit} text-anchor="middle">
      {text}
    </text>
  );
}

function head(tip: Point, [dx, dy]: Point, unit: number): string {
  const [bx, by] = [tip[0] - dx * 1.6 * unit, tip[1] - dy * 1.6 * unit];
  const [nx, ny] = [-dy * 0.8 * unit, dx * 0.8 * unit];
  return told([tip, [bx + nx, by + ny], [bx - nx, by - ny]]);
}

function direction(a: Point, b: Point): Point {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  return [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
}

/** Which way it is driven. */
function Arrows({ line, unit }: { line: Point[]; unit: number }): JSX.Element {
  const last = line.length - 1;
  const places = last > 3 ? [Math.ceil(last / 2), last] : [last];
  return (
    <>
      {places.map((i) => (
        <polygon key={i} class="solid" points={head(line[i] as Point, direction(line[i - 1] as Point, line[i] as Point), unit)} />
      ))}
    </>
  );
}

/** Which way over a wire raises an alert: as one looks from its first point to its second. */
function Over({ line: [a, b], unit, alarm }: { line: Point[]; unit: number; alarm: Alarm }): JSX.Element | null {
  if (!a || !b) return null;
  const [dx, dy] = direction(a, b);
  const middle: Point = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const sides = alarm === "both" ? [1, -1] : [alarm === "left_to_right" ? 1 : -1];
  return (
    <>
      {sides.map((side) => {
        const out: Point = [-dy * side, dx * side];
        const tip: Point = [middle[0] + out[0] * 4 * unit, middle[1] + out[1] * 4 * unit];
        return (
          <g key={side}>
            <polyline class="body" points={told([middle, tip])} />
            <polygon class="solid" points={head(tip, out, unit)} />
          </g>
        );
      })}
    </>
  );
}

function Stop({ at: [x, y], unit }: { at: Point; unit: number }): JSX.Element {
  return (
    <g class="stop">
      <rect x={x - 0.9 * unit} y={y - 0.9 * unit} width={1.8 * unit} height={1.8 * unit} />
      <text x={x + 1.4 * unit} y={y + 0.6 * unit} font-size={1.4 * unit}>
        stop
      </text>
    </g>
  );
}

/** The horizon and lines across the ground, so that a wrong pole is seen. */
export function Ground({ drawing: now, size }: { drawing: Drawing; size: Size }): JSX.Element | null {
  const pole = now.ground?.pole;
  if (!pole) return null;
  const unit = size.width / 100;
  return (
    <g class="ground" data-testid="ground">
      <polyline class="horizon" points={told(horizon(pole, size))} />
      {reaches(pole, size).map(({ metres, line }) => (
        <g key={metres}>
          <polyline points={told(line)} />
          <text x={line[Math.floor(line.length / 2)]?.[0]} y={(line[Math.floor(line.length / 2)]?.[1] ?? 0) - unit / 2} font-size={1.5 * unit}>
            {metres} m
          </text>
        </g>
      ))}
    </g>
  );
}
