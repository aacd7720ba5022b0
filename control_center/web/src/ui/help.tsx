/** The keys and signs of the console, over the page. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { SEVERITIES } from "../lib/severity";
import { help } from "../state/view";
import { SeveritySign } from "./icons";

const KEYS: [string[], string][] = [
  [["J", "K"], "next and previous alert or device in the list"],
  [["Enter"], "open it"],
  [["A"], "acknowledge the opened alert"],
  [["R"], "resolve the opened alert"],
  [["/"], "filter the list"],
  [["D"], "devices, and back"],
  [["C"], "cameras, and back"],
  [["←", "→"], "next tile of the wall, next camera"],
  [["Page ↓"], "the next cameras, where more than 16 are"],
  [["B"], "boxes on pictures, on or off"],
  [["1", "2", "3"], "on a spot check: nothing, yes, cannot tell"],
  [["H"], "health of Smartopia"],
  [["Esc"], "close what is open"],
  [["?"], "this help"],
];

export function Help(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="help" ref={dialog} onClose={() => (help.value = false)} aria-label="Keyboard help" data-testid="help">
      <h2>Keys</h2>
      <dl>
        {KEYS.map(([keys, text]) => (
          <div key={text}>
            <dt>
              {keys.map((k) => (
                <kbd key={k}>{k}</kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <h2>Signs</h2>
      <p class="help-signs">
        {SEVERITIES.map((s) => (
          <span key={s} class="with-icon">
            <SeveritySign severity={s} /> {s}
          </span>
        ))}
      </p>
      <p class="with-icon">
        <SeveritySign severity="Severe" hollow /> hollow: returned to normal, not yet resolved
      </p>
      <p class="dim">
        Colour means something is not normal. A grey value is too old to trust. While the pointer or the keyboard is in the
        list its order is held for up to 30 seconds; what is new then waits under “new above”.
      </p>
      <form method="dialog">
        <button class="primary">
          Close <kbd>Esc</kbd>
        </button>
      </form>
    </dialog>
  );
}
