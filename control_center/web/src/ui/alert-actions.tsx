/** Acknowledge and Resolve, and what they answered. Always in the same place. */

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Alert, Disposition, FalseReason } from "../api/types";
import { when } from "../lib/format";
import { DISPOSITIONS, dispositionName, FALSE_REASONS } from "../lib/severity";
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
  const reason = useSignal<FalseReason | null>(null);
  const noted = useSignal(false);
  useLayoutEffect(() => form.current?.querySelector("input")?.focus(), []);
  const isFalse = chosen.value === "false";
  const complete = chosen.value && (!isFalse || (reason.value && (reason.value !== "other" || noted.value)));

  const choose = (value: Disposition): void => {
    chosen.value = value;
    reason.value = null;
  };
  const submit = (event?: Event): void => {
    event?.preventDefault();
    if (complete && chosen.value) void resolve(chosen.value, reason.value, note.current?.value ?? "");
  };
  /** The nth disposition; once that is "false", the nth reason. */
  const pick = (nth: number): boolean => {
    const options = isFalse ? FALSE_REASONS : DISPOSITIONS;
    const value = options[nth]?.value;
    if (!value) return false;
    if (isFalse) reason.value = value as FalseReason;
    else choose(value as Disposition);
    if (value === "other") note.current?.focus();
    else form.current?.querySelector<HTMLElement>(`input[value="${value}"]`)?.focus();
    return true;
  };
  const keys = (event: KeyboardEvent): void => {
    const inNote = event.target === note.current;
    const plain = !inNote && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (plain && event.key === "Backspace" && isFalse) {
      chosen.value = reason.value = null;
      form.current?.querySelector("input")?.focus();
    } else if (plain && pick(Number(event.key) - 1)) {
      // chosen
    } else if (event.key === "Enter" && (!inNote || event.ctrlKey || event.metaKey)) {
      if ((event.target as Element).tagName === "BUTTON") return;
      submit(event);
    } else return;
    event.preventDefault();
  };
  return (
    <form class={`resolve ${isFalse ? "two" : ""}`} ref={form} onSubmit={submit} onKeyDown={keys} data-testid="resolve-form" aria-label="Resolve the alert">
      <Choices name="disposition" legend="What was it?" options={DISPOSITIONS} chosen={chosen.value} keyed={!isFalse} choose={choose} />
      {isFalse && (
        <Choices name="reason" legend="Why was it false?" options={FALSE_REASONS} chosen={reason.value} keyed choose={(value) => (reason.value = value)} />
      )}
      <label class="note">
        Note
        <textarea
          ref={note}
          name="note"
          rows={2}
          maxLength={2000}
          placeholder="What was seen or done (Ctrl+Enter sends)"
          onInput={(event) => (noted.value = event.currentTarget.value.trim() !== "")}
        />
      </label>
      <div class="action-buttons">
        <button type="submit" class="primary" data-testid="resolve-submit" disabled={!complete || busy.value !== null}>
          {busy.value === "resolve" ? "Resolving…" : "Resolve"}
        </button>
        <button type="button" onClick={() => (resolving.value = false)}>
          Cancel <kbd>Esc</kbd>
        </button>
      </div>
    </form>
  );
}

interface ChoicesProps<T extends string> {
  name: string;
  legend: string;
  options: readonly { value: T; name: string; means?: string }[];
  chosen: T | null;
  /** Whether the digits choose among these now. */
  keyed: boolean;
  choose: (value: T) => void;
}

function Choices<T extends string>({ name, legend, options, chosen, keyed, choose }: ChoicesProps<T>): JSX.Element {
  return (
    <fieldset>
      <legend>{legend}</legend>
      {options.map((option, i) => (
        <label key={option.value} class={chosen === option.value ? "chosen" : ""}>
          <input type="radio" name={name} value={option.value} checked={chosen === option.value} onChange={() => choose(option.value)} />
          <span>
            <b>{option.name}</b> {keyed && <kbd>{i + 1}</kbd>}
            {option.means && <small>{option.means}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
