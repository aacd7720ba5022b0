/** Draws a camera's areas, wires, ways and ground on its picture. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import {
  began,
  camera,
  draft,
  draw,
  drawing,
  endPart,
  future,
  mayDraw,
  openDrawing,
  past,
  problems,
  redo,
  removeChosen,
  select,
  selected,
  tool,
  undo,
  unsaved,
  type Tool,
} from "../state/drawing";
import { openCamera } from "../state/view";
import { KIND_NAMES, LEAST, same, type Ref } from "../lib/drawing";
import { DrawingCanvas } from "./drawing-canvas";
import { GroundForm, PartForm } from "./drawing-forms";
import { Revisions, Save } from "./drawing-revisions";
import { Section } from "./drawing-section";
import { Icon } from "./icons";

export function DrawingPage({ thing }: { thing: number }): JSX.Element {
  useEffect(() => void openDrawing(thing), [thing]);
  useEffect(() => listen(), []);
  return (
    <section class="drawing" aria-label="Drawing on a camera's picture" data-testid="drawing" data-thing={thing}>
      <Head thing={thing} />
      <div class="drawing-work">
        {mayDraw.value && <Tools />}
        <DrawingCanvas thing={thing} />
        <Hint />
      </div>
      <aside class="drawing-side">
        {!mayDraw.value && <p class="dim">Your role may look at what is drawn, but not draw.</p>}
        <Check />
        {mayDraw.value && <Save />}
        <Parts />
        <fieldset disabled={!mayDraw.value}>
          <PartForm />
          <GroundForm />
        </fieldset>
        <Revisions />
      </aside>
    </section>
  );
}

/** Keys of the page, and a word before unsaved work is left. */
function listen(): () => void {
  const onKey = (event: KeyboardEvent): void => {
    const writes = event.target instanceof HTMLElement && event.target.matches("input:not([type=radio]), textarea, select");
    const action = keyAction(event, writes);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };
  const onLeave = (event: BeforeUnloadEvent): void => {
    if (unsaved.peek()) event.preventDefault();
  };
  window.addEventListener("keydown", onKey, true);
  window.addEventListener("beforeunload", onLeave);
  return () => {
    window.removeEventListener("keydown", onKey, true);
    window.removeEventListener("beforeunload", onLeave);
  };
}

function keyAction(event: KeyboardEvent, writes: boolean): (() => void) | null {
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && !writes && mayDraw.peek()) {
    if (key === "z") return event.shiftKey ? redo : undo;
    if (key === "y") return redo;
  }
  if (writes || event.ctrlKey || event.metaKey || event.altKey) return null;
  if (key === "escape") {
    if (tool.peek()) return () => draw(null);
    if (selected.peek()) return () => select(null);
  }
  if ((key === "delete" || key === "backspace") && selected.peek()) return removeChosen;
  return null;
}

function Head({ thing }: { thing: number }): JSX.Element {
  return (
    <header class="drawing-head">
      <button class="flat" data-testid="drawing-back" onClick={() => openCamera(thing)}>
        ← Camera
      </button>
      <h2>{camera.value?.title ?? `Camera ${thing}`}</h2>
      <span class="dim" data-testid="drawing-revision">
        {began.value ? `revision ${began.value.number}` : "nothing is drawn yet"}
        {unsaved.value && " · not saved"}
      </span>
    </header>
  );
}

const TOOLS: { kind: Ref["kind"]; text: string; title: string }[] = [
  { kind: "areas", text: "Area", title: "A part of the ground, by its corners" },
  { kind: "wires", text: "Wire", title: "A line whose crossings are counted: two points" },
  { kind: "ways", text: "Way", title: "A lane, by its middle line, in the direction of driving" },
  { kind: "marks", text: "Four marks", title: "The ground by four points whose places you know in metres" },
];

function Tools(): JSX.Element {
  const choose = (kind: Tool): void => {
    draw(tool.peek() === kind ? null : kind);
    document.getElementById("drawing-canvas")?.focus();
  };
  return (
    <div class="drawing-tools" role="toolbar" aria-label="Draw">
      <span class="dim">Draw</span>
      {TOOLS.map(({ kind, text, title }) => (
        <button key={kind} title={title} aria-pressed={tool.value === kind} data-testid={`draw-${kind}`} onClick={() => choose(kind)}>
          {text}
        </button>
      ))}
      <span class="gap" />
      <button data-testid="undo" title="Undo (Ctrl+Z)" disabled={!past.value.length && !draft.value.length} onClick={undo}>
        Undo
      </button>
      <button data-testid="redo" title="Redo (Ctrl+Y)" disabled={!future.value.length} onClick={redo}>
        Redo
      </button>
      <button data-testid="remove" title="Delete the chosen point or part (Del)" disabled={!selected.value} onClick={removeChosen}>
        Delete
      </button>
    </div>
  );
}

/** What to do next, in words. */
function Hint(): JSX.Element {
  const kind = tool.value;
  if (!kind) {
    const text = !mayDraw.value
      ? "Choose a part to see its points."
      : selected.value
        ? "Drag a point, or choose it with Tab and move it with the arrows; Del takes it away. The small points between make new ones."
        : "Choose a part to move it, or draw a new one.";
    return <p class="drawing-hint dim">{text}</p>;
  }
  const left = LEAST[kind] - draft.value.length;
  return (
    <p class="drawing-hint" role="status" data-testid="drawing-hint">
      <span>
        {KIND_NAMES[kind]}: {left > 0 ? `set ${left} more ${left === 1 ? "point" : "points"}` : "set more points, or end it"}. Click, or move the cross with the arrows and press space.
      </span>
      <button disabled={left > 0} data-testid="end-part" onClick={endPart}>
        End (Enter)
      </button>
      <button class="flat" onClick={() => draw(null)}>
        Cancel (Esc)
      </button>
    </p>
  );
}

function Check(): JSX.Element {
  const found = problems.value;
  return (
    <div class={`drawing-check ${found.length ? "wrong" : ""}`} role="status" data-testid="drawing-check">
      {found.length === 0 ? (
        <p class="with-icon">
          <Icon name="okay" size={16} /> Nothing is wrong with this drawing.
        </p>
      ) : (
        <ul role="list">
          {found.map((one) => (
            <li key={one.text}>
              {one.ref ? (
                <button class="link" onClick={() => select(one.ref)}>
                  {one.text}
                </button>
              ) : (
                one.text
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Parts(): JSX.Element {
  const now = drawing.value;
  const entries: { ref: Ref; text: string }[] = (["areas", "wires", "ways"] as const).flatMap((kind) =>
    now[kind].map((part, index) => ({ ref: { kind, index }, text: part.name })),
  );
  if (now.ground?.marks) entries.push({ ref: { kind: "marks", index: 0 }, text: "on the ground" });
  return (
    <Section title="Parts">
      {entries.length === 0 && <p class="dim">None.</p>}
      <ul role="list" class="drawing-parts" data-testid="drawing-parts">
        {entries.map(({ ref, text }) => (
          <li key={`${ref.kind}-${ref.index}`}>
            <button class="flat" aria-pressed={same(ref, selected.value)} onClick={() => select(same(ref, selected.peek()) ? null : ref)}>
              <span class="dim">{KIND_NAMES[ref.kind]}</span> {text}
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
