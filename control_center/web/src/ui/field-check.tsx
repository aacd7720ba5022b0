/** One spot check: the clip, the question, and what is left of them. */

import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { ApiError, textOf } from "../api/client";
import type { SpotAnswer, SpotCheck } from "../api/types";
import { when, words } from "../lib/format";
import { now } from "../state/clock";
import { answerCheck, checks, loadChecks, mayAnswer } from "../state/field";
import { FieldClip } from "./field-clip";

const KEYS = ["1", "2", "3"];

export function FieldCheck(): JSX.Element {
  const all = checks.value;
  if (!all) return <p class="empty">Loading the spot checks…</p>;
  return (
    <>
      <header class="field-head">
        <h2>Spot check</h2>
        <span class="dim" data-testid="checks-left">
          {all.waiting ? `${all.waiting} left in this shift` : "none left in this shift"}, {all.answered} answered
        </span>
      </header>
      {all.next ? (
        <Check key={all.next.id} check={all.next} situations={all.situations} />
      ) : (
        <p class="empty" data-testid="no-check">
          Nothing to check now. A few times a shift a moment without an alert is chosen at random and waits here; alerts go first.
        </p>
      )}
    </>
  );
}

function Check({ check, situations }: { check: SpotCheck; situations: string[] }): JSX.Element {
  const missed = useSignal(false);
  const busy = useSignal(false);
  const shown = useSignal(false);
  const error = useSignal("");
  const replay = check.thing.clock === "replay";

  const send = async (answer: SpotAnswer): Promise<void> => {
    if (busy.value || !mayAnswer.value) return;
    busy.value = true;
    error.value = "";
    try {
      await answerCheck(check.id, answer);
    } catch (e) {
      error.value = `Not saved. ${textOf(e)}`;
      if (e instanceof ApiError && e.status === 409) await loadChecks().catch(() => undefined);
    } finally {
      busy.value = false;
    }
  };
  // Who has seen no picture can tell nothing of it.
  const choices: [string, string, () => void, boolean][] = [
    ["Nothing", "No alert was due", () => void send({ answer: "nothing" }), shown.value],
    ["Yes", "Something was missed", () => (missed.value = true), shown.value],
    ["Cannot tell", "Too dark, too far, too few pictures", () => void send({ answer: "cannot_tell" }), true],
  ];
  // Before the buttons are seen to be ready, so that no key is lost.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target;
      const writes = target instanceof HTMLElement && target.matches("input:not([type=range]), textarea, select");
      const nth = KEYS.indexOf(event.key);
      if (writes || missed.value || nth < 0 || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (document.querySelector("dialog[open]")) return;
      event.preventDefault();
      const [, , act, ready] = choices[nth] ?? [];
      if (ready) act?.();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [check.id, shown.value]);

  return (
    <article class="check" data-testid="check" data-check-id={check.id}>
      <p class="check-where">
        <b>{check.thing.title}</b>{" "}
        <time dateTime={check.begins_at}>{when(check.begins_at, now.peek(), replay)}</time>
        {replay && <span class="tag replay">REPLAY</span>} <span class="dim">masked</span>
      </p>
      <FieldClip pictures={check.pictures} label={`Clip of ${check.thing.title}, people masked`} shown={shown} />
      <h3 class="question">Did anything happen here that should have raised an alert?</h3>
      {error.value && (
        <p class="notice error" role="alert">
          {error.value}
        </p>
      )}
      {!mayAnswer.value ? (
        <p class="dim">Your role may look but not answer.</p>
      ) : missed.value ? (
        <MissedForm situations={situations} busy={busy.value} send={send} cancel={() => (missed.value = false)} />
      ) : (
        <div class="choices">
          {choices.map(([name, means, act, ready], i) => (
            <button key={name} disabled={busy.value || !ready} onClick={act} data-testid={`answer-${KEYS[i]}`}>
              <b>{name}</b> <kbd>{KEYS[i]}</kbd>
              <small>{means}</small>
            </button>
          ))}
        </div>
      )}
    </article>
  );
}

interface MissedProps {
  situations: string[];
  busy: boolean;
  send: (answer: SpotAnswer) => Promise<void>;
  cancel: () => void;
}

function MissedForm({ situations, busy, send, cancel }: MissedProps): JSX.Element {
  const situation = useSignal("");
  const before = useSignal(false);
  const note = useSignal("");
  const complete = situation.value && (situation.value !== "other" || note.value.trim());
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!complete) return;
    const told = note.value.trim();
    void send({ answer: "missed", situation: situation.value, began_before: before.value, ...(told ? { note: told } : {}) });
  };
  return (
    <form class="missed" onSubmit={submit} data-testid="missed-form">
      <fieldset>
        <legend>What was it?</legend>
        {situations.map((name) => (
          <label key={name} class={situation.value === name ? "chosen" : ""}>
            <input type="radio" name="situation" value={name} checked={situation.value === name} onChange={() => (situation.value = name)} />
            {words(name)}
          </label>
        ))}
      </fieldset>
      <label class="tick">
        <input type="checkbox" checked={before.value} onChange={(event) => (before.value = event.currentTarget.checked)} />
        It was going on already when the clip began
      </label>
      <label class="note">
        Note
        <textarea rows={2} maxLength={2000} value={note.value} onInput={(event) => (note.value = event.currentTarget.value)} placeholder="What was seen" />
      </label>
      <div class="action-buttons">
        <button type="submit" class="primary" disabled={!complete || busy} data-testid="missed-submit">
          Save
        </button>
        <button type="button" onClick={cancel}>
          Back
        </button>
      </div>
    </form>
  );
}
