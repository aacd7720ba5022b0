/** The camera's picture with what is drawn on it: by pointer, and by keyboard. */

import type { JSX } from "preact";
import { useSignal, type Signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { BASE } from "../api/client";
import { isStop, moved, pointsOf, same, withPoints, type Point, type Ref } from "../lib/drawing";
import {
  change,
  draft,
  drawing,
  endPart,
  insertPoint,
  mayDraw,
  movePoint,
  point,
  problems,
  select,
  selected,
  setPoint,
  tool,
} from "../state/drawing";
import { Ground, scaled, Shape, told, type Size } from "./drawing-shapes";

/** Where there is no picture. */
const PLAIN = { width: 640, height: 384 };
const STEP = 0.005;
const LEAP = 0.05;
const CLOSING = 0.015;
/** With more ways than these, not all of their names are shown. */
const CROWD = 4;

const ARROWS: Record<string, Point> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function arrow(event: KeyboardEvent): Point | null {
  const way = ARROWS[event.key];
  const far = event.shiftKey ? LEAP : STEP;
  return way ? [way[0] * far, way[1] * far] : null;
}

export function DrawingCanvas({ thing }: { thing: number }): JSX.Element {
  const size = useSignal<Size>(PLAIN);
  const missing = useSignal(false);
  const shot = useSignal(0);
  const style = `--ratio: ${size.value.width / size.value.height}`;
  return (
    <div class="drawing-stage">
      <div class={`drawing-frame ${missing.value ? "plain" : ""}`} style={style}>
        <img
          src={`${BASE}/cameras/${thing}/picture?shot=${shot.value}`}
          alt="The camera's newest picture"
          hidden={missing.value}
          onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => {
            size.value = { width, height };
            missing.value = false;
          }}
          onError={() => (missing.value = true)}
        />
        <Canvas size={size.value} />
      </div>
      <p class="drawing-picture dim">
        {missing.value ? "There is no picture of this camera yet: no detector has told of one. You may draw all the same. " : "People and number plates are masked. "}
        <button class="link" data-testid="new-picture" onClick={() => shot.value++}>
          {missing.value ? "Look again" : "Newer picture"}
        </button>
      </p>
    </div>
  );
}

/** What is held by the pointer: a point, or with `index` null the whole part. */
interface Held {
  ref: Ref;
  index: number | null;
  from: Point;
  points: Point[];
  begun: boolean;
}

function Canvas({ size }: { size: Size }): JSX.Element {
  const svg = useRef<SVGSVGElement>(null);
  const cross = useSignal<Point | null>(null);
  const held = useRef<Held | null>(null);
  const at = (event: MouseEvent): Point => {
    const box = (svg.current as SVGSVGElement).getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const hold = (ref: Ref, index: number | null) => (event: PointerEvent) => {
    if (tool.peek() || event.button !== 0) return;
    event.stopPropagation();
    select(ref, index);
    if (!mayDraw.peek()) return;
    svg.current?.setPointerCapture(event.pointerId);
    held.current = { ref, index, from: at(event), points: pointsOf(drawing.peek(), ref), begun: false };
  };
  const drag = (event: PointerEvent): void => {
    if (tool.peek()) cross.value = at(event);
    const now = held.current;
    if (!now) return;
    const [x, y] = at(event);
    if (!now.begun && Math.hypot(x - now.from[0], y - now.from[1]) < 0.002) return;
    const together = now.begun;
    now.begun = true;
    if (now.index !== null) movePoint(now.ref, now.index, [x, y], together);
    else change(withPoints(drawing.peek(), now.ref, moved(now.points, [x - now.from[0], y - now.from[1]])), together);
  };
  const press = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    if (!tool.peek()) return select(null);
    const here = at(event);
    const first = draft.peek()[0];
    const closes = tool.peek() === "areas" && first && draft.peek().length > 2 && Math.hypot(here[0] - first[0], here[1] - first[1]) < CLOSING;
    if (closes) endPart();
    else setPoint(here);
  };
  return (
    <svg
      ref={svg}
      id="drawing-canvas"
      class={`drawing-canvas ${tool.value ? "sets" : ""} ${drawing.value.ways.length > CROWD ? "crowded" : ""}`}
      viewBox={`0 0 ${size.width} ${size.height}`}
      tabindex={0}
      role="application"
      aria-label="The picture. With a kind of part chosen, the arrows move a cross, space sets a point, Enter ends the part."
      data-testid="drawing-canvas"
      onPointerDown={press}
      onPointerMove={drag}
      onPointerUp={() => (held.current = null)}
      onPointerCancel={() => (held.current = null)}
      onDblClick={() => tool.peek() && endPart()}
      onKeyDown={(event) => steer(event, cross)}
    >
      <Ground drawing={drawing.value} size={size} />
      <Parts size={size} hold={hold} />
      <Draft size={size} cross={cross.value} />
    </svg>
  );
}

/** A part is drawn without a pointer: by a cross that the arrows move. */
function steer(event: KeyboardEvent, cross: Signal<Point | null>): void {
  if (!tool.peek() || event.target !== event.currentTarget) return;
  const by = arrow(event);
  const [x, y] = cross.peek() ?? [0.5, 0.5];
  if (by) cross.value = moved([[x, y]], by)[0] ?? null;
  else if (event.key === " ") setPoint([x, y]);
  else if (event.key === "Enter") endPart();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

type Hold = (ref: Ref, index: number | null) => (event: PointerEvent) => void;

function Parts({ size, hold }: { size: Size; hold: Hold }): JSX.Element {
  const now = drawing.value;
  const chosen = selected.value;
  const wrong = (ref: Ref): boolean => problems.value.some((one) => same(one.ref, ref));
  const refs = (kind: "areas" | "wires" | "ways"): Ref[] => now[kind].map((_, index) => ({ kind, index }));
  const all = [...refs("areas"), ...refs("ways"), ...refs("wires")];
  if (now.ground?.marks) all.push({ kind: "marks", index: 0 });
  return (
    <>
      {all.map((ref) => (
        <g
          key={`${ref.kind}-${ref.index}`}
          class={`part part-${ref.kind} ${same(ref, chosen) ? "chosen" : ""} ${wrong(ref) ? "wrong" : ""}`}
          data-use={ref.kind === "areas" ? now.areas[ref.index]?.use : undefined}
          data-name={ref.kind === "marks" ? "marks" : now[ref.kind][ref.index]?.name}
          onPointerDown={hold(ref, null)}
        >
          <Shape drawing={now} of={ref} size={size} />
        </g>
      ))}
      {chosen && <Handles of={chosen} size={size} hold={hold} />}
    </>
  );
}

/** The points of the chosen part; between them, small ones that make new ones. */
function Handles({ of, size, hold }: { of: Ref; size: Size; hold: Hold }): JSX.Element {
  const now = drawing.value;
  const shares = pointsOf(now, of);
  const points = scaled(shares, size);
  const radius = size.width / 90;
  const line = shares.filter((_, i) => !isStop(now, of, i));
  const between = of.kind === "areas" ? line.length : of.kind === "ways" ? line.length - 1 : 0;
  return (
    <g class="handles">
      {mayDraw.value &&
        line.slice(0, between).map((a, i) => {
          const b = line[(i + 1) % line.length] as Point;
          const middle: Point = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
          const insert = (event: PointerEvent): void => {
            insertPoint(of, i, middle);
            hold(of, i + 1)(event);
          };
          return <circle key={`m${i}`} class="middle" cx={middle[0] * size.width} cy={middle[1] * size.height} r={radius * 0.55} onPointerDown={insert} />;
        })}
      {points.map(([x, y], i) => (
        <g key={i} class={`handle ${point.value === i ? "chosen" : ""}`}>
          <circle
            cx={x}
            cy={y}
            r={radius}
            tabindex={0}
            role="button"
            aria-label={`${isStop(now, of, i) ? "Stop" : `Point ${i + 1}`}. The arrows move it, Insert makes another after it, Delete takes it away.`}
            data-testid={`handle-${i + 1}`}
            onFocus={() => select(of, i)}
            onPointerDown={hold(of, i)}
            onKeyDown={(event) => nudge(event, of, i)}
          />
          {!isStop(now, of, i) && (
            <text x={x} y={y + radius * 0.4} font-size={radius * 1.2}>
              {i + 1}
            </text>
          )}
        </g>
      ))}
    </g>
  );
}

function nudge(event: KeyboardEvent, ref: Ref, index: number): void {
  const shares = pointsOf(drawing.peek(), ref);
  const by = arrow(event);
  const [x, y] = shares[index] ?? [0, 0];
  const next = shares[(index + 1) % shares.length] ?? [x, y];
  if (by) movePoint(ref, index, [x + by[0], y + by[1]], event.repeat);
  else if (event.key === "Insert" && (ref.kind === "areas" || (ref.kind === "ways" && index < shares.length - 1)))
    insertPoint(ref, index, [(x + next[0]) / 2, (y + next[1]) / 2]);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** The part that is being drawn, and the cross. */
function Draft({ size, cross }: { size: Size; cross: Point | null }): JSX.Element | null {
  if (!tool.value) return null;
  const points = scaled(cross ? [...draft.value, cross] : draft.value, size);
  const here = cross ? scaled([cross], size)[0] : undefined;
  const arm = size.width / 50;
  return (
    <g class="draft">
      <polyline class="body" points={told(points)} />
      {scaled(draft.value, size).map(([x, y], i) => (
        <circle key={i} cx={x} cy={y} r={size.width / 160} />
      ))}
      {here && <path class="cross" d={`M${here[0] - arm} ${here[1]}h${2 * arm}M${here[0]} ${here[1] - arm}v${2 * arm}`} />}
    </g>
  );
}
