/** Asks why, then shows a frame as it came: once, and nowhere kept. */

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { postForPicture, textOf } from "../api/client";
import type { Alert, SealedFrame } from "../api/types";

const LEAST = 5;

interface Props {
  alert: Alert;
  frame: SealedFrame;
  onClose: () => void;
}

export function OpenOriginal({ alert, frame, onClose }: Props): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const reason = useSignal("");
  const url = useSignal("");
  const busy = useSignal(false);
  const error = useSignal("");
  useEffect(() => {
    dialog.current?.showModal();
    return () => URL.revokeObjectURL(url.peek());
  }, []);

  const open = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy.value || reason.value.trim().length < LEAST) return;
    busy.value = true;
    error.value = "";
    try {
      const body = { evidence: frame.id, reason: reason.value.trim() };
      const picture = await postForPicture(`/alerts/${alert.id}/evidence/open`, body);
      // Closed meanwhile: nobody is there to see it.
      if (dialog.current?.open) url.value = URL.createObjectURL(picture);
    } catch (e) {
      error.value = textOf(e);
    } finally {
      busy.value = false;
    }
  };
  return (
    <dialog class="lightbox original" ref={dialog} onClose={onClose} aria-label="Original picture" data-testid="original-dialog">
      {url.value ? (
        <>
          <img src={url.value} alt={`Original picture of ${alert.thing.title}, not masked`} data-testid="original" />
          <p class="dim">Not masked. It is not kept on this machine; your name and reason are.</p>
        </>
      ) : (
        <form onSubmit={(event) => void open(event)}>
          <h2>Open the original of {alert.thing.title}</h2>
          <p>People can be recognised in it. Your name, the time and your reason are kept with the alert, for good.</p>
          <label>
            Reason
            <textarea
              rows={3}
              maxLength={500}
              value={reason.value}
              onInput={(event) => (reason.value = event.currentTarget.value.replace(/\n/g, " "))}
              placeholder="For whom, and what for"
              data-testid="original-reason"
            />
          </label>
          {error.value && (
            <p class="notice error" role="alert">
              {error.value}
            </p>
          )}
          <button type="submit" class="primary" disabled={busy.value || reason.value.trim().length < LEAST} data-testid="original-submit">
            {busy.value ? "Opening…" : "Open original"}
          </button>
        </form>
      )}
      <button type="button" class="flat" onClick={() => dialog.current?.close()}>
        Close <kbd>Esc</kbd>
      </button>
    </dialog>
  );
}
