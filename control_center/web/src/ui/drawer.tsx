/** A panel that slides over the right side; the alert list stays in sight. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { drawer } from "../state/view";
import { Icon } from "./icons";

interface DrawerProps {
  title: string;
  testid: string;
  /** Beside the title. */
  aside?: ComponentChildren;
  children: ComponentChildren;
}

export function DrawerPanel({ title, testid, aside, children }: DrawerProps): JSX.Element {
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    close.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <section class="drawer" role="dialog" aria-label={title} data-testid={testid}>
      <header>
        <h2>{title}</h2>
        <div class="drawer-aside">{aside}</div>
        <button class="flat" ref={close} aria-label={`Close ${title.toLowerCase()}`} onClick={() => (drawer.value = null)}>
          <Icon name="close" />
        </button>
      </header>
      <div class="drawer-body">{children}</div>
    </section>
  );
}
