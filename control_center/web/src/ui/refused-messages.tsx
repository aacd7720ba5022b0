/** The messages Smartopia refused, newest first, with the reason. */

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, textOf } from "../api/client";
import type { Quarantine, Refused } from "../api/types";
import { count, when, words } from "../lib/format";
import { now } from "../state/clock";

const AGAIN_MS = 5000;

export function RefusedMessages(): JSX.Element {
  const list = useSignal<Quarantine | null>(null);
  const error = useSignal("");
  useEffect(() => {
    const load = (): void => {
      get<Quarantine>("/quarantine?limit=100").then(
        (answer) => {
          list.value = answer;
          error.value = "";
        },
        (e: unknown) => (error.value = textOf(e)),
      );
    };
    load();
    const timer = window.setInterval(load, AGAIN_MS);
    return () => window.clearInterval(timer);
  }, []);
  const q = list.value;
  return (
    <div class="refused">
      <h3>Refused messages</h3>
      {error.value && <p class="problem">{q ? "This list is not current." : "The list cannot be shown."} {error.value}</p>}
      {q && (
        <p class="counts">
          {Object.entries(q.counts).map(([reason, n]) => (
            <span key={reason} class="tag">
              {words(reason)} <b>{count(n)}</b>
            </span>
          ))}
        </p>
      )}
      {q && q.refused.length === 0 && <p class="dim">None.</p>}
      {q && q.refused.length > 0 && (
        <RefusedTable refused={q.refused} topics />
      )}
    </div>
  );
}

/** Refused messages; with their whole topics, or of one device only their channels. */
export function RefusedTable({ refused, topics }: { refused: Refused[]; topics: boolean }): JSX.Element {
  return (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">{topics ? "Topic" : "Channel"}</th>
          <th scope="col">Why</th>
          <th scope="col">Bytes</th>
        </tr>
      </thead>
      <tbody>
        {refused.map((r) => (
          <tr key={r.id}>
            <td class="nowrap">{when(r.at, now.peek())}</td>
            <td class={topics ? "breakable" : "nowrap"}>{topics ? r.topic : (r.topic.split("/").at(-1) ?? "").slice(0, 20)}</td>
            <td>
              <b>{words(r.reason)}</b>
              {r.count > 1 && <b> ×{count(r.count)}</b>}
              <span class="dim breakable"> {r.detail}</span>
            </td>
            <td>{count(r.size)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
