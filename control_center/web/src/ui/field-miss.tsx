/** "Report something we missed": what, where, when, in words. */

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { textOf } from "../api/client";
import { when, words } from "../lib/format";
import { now, serverNow } from "../state/clock";
import { checks, mayAnswer, misses, reportMiss } from "../state/field";
import { thingIds, thingSignal } from "../state/things";
import { missOf } from "../state/view";

/** As a datetime-local field has it: local, to the second. */
function localTime(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

export function FieldMiss(): JSX.Element {
  return (
    <section class="miss" aria-label="Report something we missed">
      <h2>Report something we missed</h2>
      {mayAnswer.value ? <MissForm /> : <p class="dim">Your role may look but not report.</p>}
      {misses.value.length > 0 && (
        <>
          <h3>Reported last</h3>
          <ul role="list" class="misses" data-testid="misses">
            {misses.value.map((m) => (
              <li key={m.id}>
                <b>{words(m.situation)}</b> <span class="clip">{m.thing.title}</span> <time dateTime={m.happened_at}>{when(m.happened_at, now.peek())}</time>
                <q>{m.note}</q> <span class="dim">{m.reported_by}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function MissForm(): JSX.Element {
  const camera = useSignal("");
  const situation = useSignal("");
  const at = useSignal(localTime(serverNow()));
  const note = useSignal("");
  const busy = useSignal(false);
  const told = useSignal<{ kind: "done" | "error"; text: string } | null>(null);
  useEffect(() => {
    if (missOf.value !== null) camera.value = String(missOf.value);
  }, [missOf.value]);
  const cameras = thingIds.value.flatMap((id) => {
    const thing = thingSignal(id)?.peek();
    return thing?.frames ? [thing] : [];
  });
  const complete = camera.value && situation.value && at.value && note.value.trim().length >= 3;

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!complete || busy.value) return;
    busy.value = true;
    told.value = null;
    try {
      await reportMiss({
        thing: Number(camera.value),
        situation: situation.value,
        happened_at: new Date(at.value).toISOString(),
        note: note.value.trim(),
      });
      told.value = { kind: "done", text: "Reported. It is counted among this camera's misses." };
      situation.value = note.value = "";
    } catch (e) {
      told.value = { kind: "error", text: `Not reported. ${textOf(e)}` };
    } finally {
      busy.value = false;
    }
  };
  return (
    <form class="miss-form" onSubmit={(event) => void submit(event)} data-testid="miss-form">
      <label>
        Camera
        <select value={camera.value} onChange={(event) => (camera.value = event.currentTarget.value)} name="camera">
          <option value="">Choose…</option>
          {cameras.map((c) => (
            <option key={c.id} value={c.id}>
              {c.title}
            </option>
          ))}
        </select>
      </label>
      <label>
        Situation
        <select value={situation.value} onChange={(event) => (situation.value = event.currentTarget.value)} name="situation">
          <option value="">Choose…</option>
          {checks.value?.situations.map((name) => (
            <option key={name} value={name}>
              {words(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        When it began
        <input type="datetime-local" step={1} value={at.value} onInput={(event) => (at.value = event.currentTarget.value)} name="time" />
      </label>
      <label>
        What happened
        <textarea rows={3} maxLength={2000} value={note.value} onInput={(event) => (note.value = event.currentTarget.value)} name="note" placeholder="What was seen, and who told of it" />
      </label>
      <button type="submit" disabled={!complete || busy.value} data-testid="miss-submit">
        Report
      </button>
      {told.value && (
        <p class={`notice ${told.value.kind}`} role={told.value.kind === "done" ? "status" : "alert"} data-testid="miss-told">
          {told.value.text}
        </p>
      )}
    </form>
  );
}
