/** Saving a drawing as a revision, and going back to one. */

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { when } from "../lib/format";
import { now } from "../state/clock";
import { busy, discard, goBack, mayDraw, notice, problems, revisions, save, unsaved, type RevisionHead } from "../state/drawing";
import { Section } from "./drawing-section";

export function Save(): JSX.Element {
  const note = useSignal("");
  const wrong = problems.value.length > 0;
  const go = async (over: boolean): Promise<void> => {
    if (await save(note.peek(), over)) note.value = "";
  };
  return (
    <Section title="Save">
      <form
        class="drawing-save"
        onSubmit={(event) => {
          event.preventDefault();
          void go(false);
        }}
      >
        <input
          placeholder="What was changed, and why"
          aria-label="Note"
          maxLength={200}
          value={note.value}
          onInput={(event) => (note.value = event.currentTarget.value)}
        />
        <button class="primary" data-testid="save-drawing" disabled={wrong || !unsaved.value || busy.value}>
          {busy.value ? "Saving…" : "Save"}
        </button>
      </form>
      {notice.value && (
        <p class={`notice ${notice.value.kind === "done" ? "done" : "error"}`} role={notice.value.kind === "done" ? "status" : "alert"} data-testid="drawing-notice">
          {notice.value.text}
        </p>
      )}
      {notice.value?.kind === "conflict" && (
        <p class="drawing-conflict">
          <button onClick={() => void discard()}>Look at theirs, drop mine</button>
          <button onClick={() => void go(true)}>Save mine over it</button>
        </p>
      )}
    </Section>
  );
}

export function Revisions(): JSX.Element {
  return (
    <Section title="Revisions">
      {revisions.value.length === 0 && <p class="dim">None.</p>}
      <ol class="drawing-revisions" data-testid="drawing-revisions">
        {revisions.value.map((one, i) => (
          <Revision key={one.number} revision={one} newest={i === 0} />
        ))}
      </ol>
    </Section>
  );
}

function Revision({ revision: one, newest }: { revision: RevisionHead; newest: boolean }): JSX.Element {
  const back = (): void => {
    if (unsaved.peek() && !window.confirm("What you have drawn is not saved. Leave it?")) return;
    void goBack(one.number);
  };
  return (
    <li>
      <b>{one.number}</b>
      <span>
        {one.source === "proposed" ? "proposed by the camera" : one.author}, {when(one.at, now.peek())}
        {one.note && <span class="dim breakable"> {one.note}</span>}
      </span>
      {newest ? (
        <span class="tag">current</span>
      ) : (
        mayDraw.value && (
          <button class="link" disabled={busy.value} title={`Makes a new revision like ${one.number}`} onClick={back}>
            Go back to this one
          </button>
        )
      )}
    </li>
  );
}
