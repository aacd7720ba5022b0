/** Sandbox or field: where the device is, why, and the way to the other. */

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { Thing } from "../api/types";
import { when } from "../lib/format";
import { now } from "../state/clock";
import { setStage, stageNotice, staging } from "../state/device-detail";
import { session } from "../state/session";

const NOT_PERMITTED = "Only an administrator moves devices between sandbox and field.";

export function StagePanel({ thing }: { thing: Thing }): JSX.Element {
  const told = stageNotice.value;
  const since = thing.staged_at ? ` since ${when(thing.staged_at, now.peek())}${thing.staged_by ? `, by ${thing.staged_by}` : ""}` : "";
  return (
    <div class={`stage stage-${thing.stage}`} data-testid="stage" data-stage={thing.stage}>
      <p>
        <b>{thing.stage === "sandbox" ? "In the sandbox" : "In the field"}</b>
        {since}: {thing.stage === "sandbox" ? "stored and shown, raises no alert." : "what it sends may raise alerts."}
      </p>
      {thing.stage === "sandbox" ? <ToField thing={thing} /> : <ToSandbox thing={thing} />}
      {told && (
        <p class={`notice ${told.kind}`} role={told.kind === "done" ? "status" : "alert"} data-testid="stage-notice">
          {told.text}
        </p>
      )}
      <div class="commands">
        <span class="dim">The same from a shell:</span>
        <code>smartopia device check {thing.name}</code>
        <code>
          smartopia device {thing.stage === "sandbox" ? "promote" : "withdraw"} {thing.name}
        </code>
      </div>
    </div>
  );
}

function mayMove(): boolean {
  return session.value?.role === "administrator";
}

function ToField({ thing }: { thing: Thing }): JSX.Element {
  const why = mayMove() ? thing.held_back : NOT_PERMITTED;
  return (
    <div class="stage-move">
      {/* Not `disabled`: the keyboard must come to it to be told why it does nothing. */}
      <button
        class="primary"
        data-testid="promote"
        aria-disabled={why !== null}
        aria-describedby={why ? "why-not" : undefined}
        disabled={staging.value}
        onClick={() => why === null && void setStage(thing, "field")}
      >
        {staging.value ? "Promoting…" : "Promote to the field"}
      </button>
      {why && (
        <p id="why-not" class="why" data-testid="held-back">
          <Marked text={why} />
        </p>
      )}
    </div>
  );
}

function ToSandbox({ thing }: { thing: Thing }): JSX.Element {
  const asking = useSignal(false);
  const permitted = mayMove();
  if (!asking.value) {
    return (
      <div class="stage-move">
        <button
          data-testid="withdraw"
          aria-disabled={!permitted}
          aria-describedby={permitted ? undefined : "why-not"}
          onClick={() => (asking.value = permitted)}
        >
          Back to sandbox…
        </button>
        {!permitted && (
          <p id="why-not" class="why">
            {NOT_PERMITTED}
          </p>
        )}
      </div>
    );
  }
  return (
    <div class="stage-move">
      <p class="why">It will raise no more alerts. Those that are open stay.</p>
      <button class="primary" data-testid="withdraw-yes" disabled={staging.value} onClick={() => void setStage(thing, "sandbox")}>
        Put it into the sandbox
      </button>
      <button onClick={() => (asking.value = false)}>Cancel</button>
    </div>
  );
}

/** What stands between backticks as code. */
function Marked({ text }: { text: string }): JSX.Element {
  return <>{text.split("`").map((part, i) => (i % 2 ? <code key={i}>{part}</code> : part))}</>;
}
