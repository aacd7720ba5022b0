/** Forms of the chosen part, of its chosen point, and of the ground. */

import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";
import {
  ALARM_NAMES,
  ALARMS,
  isStop,
  KIND_NAMES,
  pointsOf,
  replaced,
  round,
  USE_NAMES,
  USES,
  withPoints,
  type Alarm,
  type Area,
  type Drawing,
  type Marks,
  type Point,
  type Pole,
  type Ref,
  type Use,
  type Way,
  type Wire,
} from "../lib/drawing";
import { change, draw, drawing, point, selected } from "../state/drawing";
import { Section } from "./drawing-section";

const POLE: Pole = { height_m: 6, tilt: 18, fov: 70, k1: 0 };

export function PartForm(): JSX.Element | null {
  const ref = selected.value;
  if (!ref || ref.kind === "marks") return null;
  const now = drawing.value;
  const part = now[ref.kind][ref.index];
  if (!part) return null;
  return (
    <Section title={`${KIND_NAMES[ref.kind]} ${part.name}`}>
      <div class="drawing-form" data-testid="part-form">
        <Field label="Name">
          <NameInput of={ref} name={part.name} />
        </Field>
        {ref.kind === "areas" && <AreaFields of={ref} area={part as Area} />}
        {ref.kind === "wires" && <WireFields of={ref} wire={part as Wire} />}
        {ref.kind === "ways" && <WayFields of={ref} way={part as Way} />}
        <PointFields of={ref} />
      </div>
    </Section>
  );
}

/** Writing a name is undone at once, not letter by letter. */
function NameInput({ of, name }: { of: Ref; name: string }): JSX.Element {
  const begun = useRef(false);
  const write = (written: string): void => {
    change(edited(of, { name: written.trim() }), begun.current);
    begun.current = true;
  };
  return <input value={name} maxLength={61} onFocus={() => (begun.current = false)} onInput={(event) => write(event.currentTarget.value)} />;
}

/** The drawing with other settings of a part. */
function edited(ref: Ref, settings: Partial<Area> | Partial<Wire> | Partial<Way>): Drawing {
  const now = drawing.peek();
  if (ref.kind === "marks") return now;
  return { ...now, [ref.kind]: replaced<object>(now[ref.kind], ref.index, (part) => ({ ...part, ...settings })) };
}

function AreaFields({ of, area }: { of: Ref; area: Area }): JSX.Element {
  return (
    <Field label="Use">
      <select data-testid="area-use" value={area.use} onChange={(event) => change(edited(of, { use: event.currentTarget.value as Use }))}>
        {USES.map((use) => (
          <option key={use} value={use}>
            {USE_NAMES[use]}
          </option>
        ))}
      </select>
    </Field>
  );
}

function WireFields({ of, wire }: { of: Ref; wire: Wire }): JSX.Element {
  return (
    <>
      <Field label="Alarm">
        <select data-testid="wire-alarm" value={wire.alarm} onChange={(event) => change(edited(of, { alarm: event.currentTarget.value as Alarm }))}>
          {ALARMS.map((alarm) => (
            <option key={alarm} value={alarm}>
              {ALARM_NAMES[alarm]}
            </option>
          ))}
        </select>
      </Field>
      <div class="field">
        <span />
        <button onClick={() => change(edited(of, { line: [...wire.line].reverse() }))}>Turn round</button>
      </div>
    </>
  );
}

function WayFields({ of, way }: { of: Ref; way: Way }): JSX.Element {
  const middle = way.line[Math.floor((way.line.length - 1) / 2)] ?? [0.5, 0.5];
  return (
    <>
      <Numeric label="Width, m" value={way.width_m} step={0.1} set={(width_m) => change(edited(of, { width_m }))} />
      <Numeric label="Free speed, km/h" value={way.speed_kmh} step={5} set={(speed_kmh) => change(edited(of, { speed_kmh }))} />
      <div class="field">
        <span>Stop</span>
        <button data-testid="way-stop" title="Where vehicles rightly stand in a row" onClick={() => change(edited(of, { stop: way.stop ? null : [...middle] }))}>
          {way.stop ? "Without a stop" : "Give it a stop"}
        </button>
      </div>
      <div class="field">
        <span />
        <button onClick={() => change(edited(of, { line: [...way.line].reverse() }))}>Turn round</button>
      </div>
    </>
  );
}

/** The chosen point, in percent of the picture: exact, and without a pointer. */
function PointFields({ of }: { of: Ref }): JSX.Element | null {
  const index = point.value;
  const points = pointsOf(drawing.value, of);
  const at = index === null ? undefined : points[index];
  if (index === null || !at) return null;
  const set = (next: Point): void => change(withPoints(drawing.peek(), of, replaced(points, index, () => next)));
  const name = isStop(drawing.value, of, index) ? "Stop" : `Point ${index + 1}`;
  return (
    <div class="field">
      <span>{name}, %</span>
      <span class="pair">
        <NumberInput label={`${name}, percent from the left`} value={round(at[0] * 100)} step={0.5} set={(x) => set([round(x / 100), at[1]])} />
        <NumberInput label={`${name}, percent from the top`} value={round(at[1] * 100)} step={0.5} set={(y) => set([at[0], round(y / 100)])} />
      </span>
    </div>
  );
}

export function GroundForm(): JSX.Element {
  const ground = drawing.value.ground;
  const kind = ground?.pole ? "pole" : ground?.marks ? "marks" : "none";
  const choose = (wanted: string): void => {
    if (wanted === "none") change({ ...drawing.peek(), ground: null });
    else if (wanted === "pole") change({ ...drawing.peek(), ground: { pole: POLE, marks: null } });
    else draw("marks");
  };
  return (
    <Section title="Ground">
      <div class="drawing-form" data-testid="ground-form">
        <Field label="Known by">
          <select data-testid="ground-kind" value={kind} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="none">Nothing</option>
            <option value="pole">How the camera hangs</option>
            <option value="marks">Four marks on it</option>
          </select>
        </Field>
        {ground?.pole && <PoleFields pole={ground.pole} />}
        {ground?.marks && <MarksFields marks={ground.marks} />}
      </div>
    </Section>
  );
}

function PoleFields({ pole }: { pole: Pole }): JSX.Element {
  const set = (settings: Partial<Pole>): void => change({ ...drawing.peek(), ground: { pole: { ...pole, ...settings }, marks: null } });
  return (
    <>
      <Numeric label="Height of the lens, m" value={pole.height_m} step={0.1} set={(height_m) => set({ height_m })} />
      <Numeric label="Tilt below level, °" value={pole.tilt} step={0.5} set={(tilt) => set({ tilt })} />
      <Numeric label="Field of view, °" value={pole.fov} step={1} set={(fov) => set({ fov })} />
      <Numeric label="Distortion k1" value={pole.k1} step={0.01} set={(k1) => set({ k1 })} />
    </>
  );
}

function MarksFields({ marks }: { marks: Marks }): JSX.Element {
  const set = (index: number, place: Point): void =>
    change({ ...drawing.peek(), ground: { pole: null, marks: { ...marks, metres: replaced(marks.metres, index, () => place) } } });
  return (
    <>
      {marks.metres.map(([x, y], i) => (
        <div class="field" key={i}>
          <span>Mark {i + 1}, m</span>
          <span class="pair">
            <NumberInput label={`Mark ${i + 1}, metres to the east or right`} value={x} step={0.1} set={(value) => set(i, [value, y])} />
            <NumberInput label={`Mark ${i + 1}, metres to the north or ahead`} value={y} step={0.1} set={(value) => set(i, [x, value])} />
          </span>
        </div>
      ))}
    </>
  );
}

function Field({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      {children}
    </label>
  );
}

interface NumberProps {
  label: string;
  value: number;
  step: number;
  set: (value: number) => void;
}

function Numeric(props: NumberProps): JSX.Element {
  return (
    <div class="field">
      <span aria-hidden="true">{props.label}</span>
      <NumberInput {...props} />
    </div>
  );
}

function NumberInput({ label, value, step, set }: NumberProps): JSX.Element {
  return (
    <input
      type="number"
      step={step}
      aria-label={label}
      value={Number.isNaN(value) ? "" : value}
      onChange={(event) => event.currentTarget.value !== "" && set(event.currentTarget.valueAsNumber)}
    />
  );
}
