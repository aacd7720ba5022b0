/** Acknowledge and Resolve, and what they answered. Always in the same place. */

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Alert, Disposition } from "../api/types";
import { when } from "../lib/format";
import { DISPOSITIONS, dispositionName } from "../lib/severity";
import { now } from "../state/clock";
import { acknowledge, busy, notice, resolve } from "../state/detail";
import { resolving } from "../state/view";
import { Icon } from "./icons";

export function AlertActions({ alert }: { alert: Alert }): JSX.Element {
  const told = notice.value;
  return (
    <footer class="actions">
      {told && (
        <p class={`notice ${told.kind}`} role={told.kind === "done" ? "status" : "alert"} data-testid="notice">
          {told.kind === "done" ? <Icon name="check" size={15} /> : <Icon name="warning" size={15} />}
          <span>{told.text}</span>
        </p>
      )}
      {alert.resolved_at ? (
        <p class="settled">
          Resolved as <b>{dispositionName(alert.disposition).toLowerCase()}</b> by {alert.resolved_by},{" "}
          {when(alert.resolved_at, now.peek())}
        </p>
      ) : resolving.value ? (
        <ResolveForm />
      ) : (
        <div class="action-buttons">
          <AcknowledgeButton alert={alert} />
          <button data-testid="resolve-button" disabled={busy.value !== null} onClick={() => (resolving.value = true)}>
            Resolve… <kbd>R</kbd>
          </button>
        </div>
      )}
    </footer>
  );
}

function AcknowledgeButton({ alert }: { alert: Alert }): JSX.Element {
  const done = alert.acknowledged_at !== null;
  return (
    <button
      class={done ? "" : "primary"}
      data-testid="ack-button"
      disabled={done || busy.value !== null}
      onClick={() => void acknowledge()}
    >
      {done ? (
        <>
          <Icon name="check" size={15} /> Acknowledged
        </>
      ) : (
        <>
          {busy.value === "acknowledge" ? "Acknowledging…" : "Acknowledge"} <kbd>A</kbd>
        </>
      )}
    </button>
  );
}

function ResolveForm(): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
  const note = useRef<HTMLTextAreaElement>(null);
  const chosen = useSignal<Disposition | null>(null);
  useLayoutEffect(() => form.current?.querySelector("input")?.focus(), []);

  const submit = (event?: Event): void => {
    event?.preventDefault();
    if (chosen.value) void resolve(chosen.value, note.current?.value ?? "");
  };
  const keys = (event: KeyboardEvent): void => {
    const inNote = event.target === note.current;
    const nth = DISPOSITIONS[Number(event.key) - 1];
    if (!inNote && nth && !event.ctrlKey && !event.metaKey && !event.altKey) {
      chosen.value = nth.value;
      form.current?.querySelector<HTMLElement>(`input[value="${nth.value}"]`)?.focus();
    } else if (event.key === "Enter" && (!inNote || event.ctrlKey || event.metaKey)) {
      if ((event.target as Element).tagName === "BUTTON") return;
      submit(event);
    } else return;
    event.preventDefault();
  };
  return (
    <form class="resolve" ref={form} onSubmit={submit} onKeyDown={keys} data-testid="resolve-form" aria-label="Resolve the alert">
      <fieldset>
        <legend>What was it?</legend>
        {DISPOSITIONS.map((d, i) => (
          <label key={d.value} class={chosen.value === d.value ? "chosen" : ""}>
            <input
              type="radio"
              name="disposition"
              value={d.value}
              checked={chosen.value === d.value}
              onChange={() => (chosen.value = d.value)}
            />
            <span>
              <b>{d.name}</b> <kbd>{i + 1}</kbd>
              <small>{d.means}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <label class="note">
        Note
        <textarea ref={note} name="note" rows={2} maxLength={2000} placeholder="What was seen or done (Ctrl+Enter sends)" />
      </label>
      <div class="action-buttons">
        <button type="submit" class="primary" data-testid="resolve-submit" disabled={!chosen.value || busy.value !== null}>
          {busy.value === "resolve" ? "Resolving…" : "Resolve"}
        </button>
        <button type="button" onClick={() => (resolving.value = false)}>
          Cancel <kbd>Esc</kbd>
        </button>
      </div>
    </form>
  );
}
