/** The login form. */

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { textOf } from "../api/client";
import { logIn, resume, signIn, signInNote } from "../state/session";

export function Login(): JSX.Element {
  const user = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const error = useSignal("");
  const busy = useSignal(false);
  useEffect(() => user.current?.focus(), []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    error.value = "";
    try {
      await logIn(user.current?.value ?? "", password.current?.value ?? "");
    } catch (e) {
      error.value = textOf(e);
      if (password.current) {
        password.current.value = "";
        password.current.focus();
      }
    } finally {
      busy.value = false;
    }
  };

  if (signIn.value === "unreachable") return <Unreachable />;
  return (
    <main class="gate">
      <form class="gate-card" data-testid="login-form" onSubmit={(e) => void submit(e)}>
        <Brand />
        {signInNote.value && <p class="gate-note">{signInNote.value}</p>}
        <label>
          Operator
          <input ref={user} name="user" autocomplete="username" autocapitalize="none" spellcheck={false} required />
        </label>
        <label>
          Password
          <input ref={password} name="password" type="password" autocomplete="current-password" required />
        </label>
        <p class="gate-error" role="alert">
          {error.value}
        </p>
        <button class="primary" type="submit" disabled={busy.value}>
          {busy.value ? "Signing in…" : "Sign in"}
        </button>
      </form>
    </main>
  );
}

function Unreachable(): JSX.Element {
  useEffect(() => {
    const timer = window.setInterval(() => void resume(), 3000);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <main class="gate">
      <div class="gate-card" role="alert">
        <Brand />
        <p class="gate-error">The control center cannot be reached.</p>
        <p class="gate-note">This page tries again every 3 seconds. If it stays like this, tell whoever runs Smartopia.</p>
      </div>
    </main>
  );
}

export function Brand(): JSX.Element {
  return (
    <h1 class="brand">
      <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
        <path d="M16 2.5 27.7 9.2v13.6L16 29.5 4.3 22.8V9.2z" />
        <circle cx="16" cy="16" r="4.2" />
      </svg>
      Smartopia
    </h1>
  );
}
