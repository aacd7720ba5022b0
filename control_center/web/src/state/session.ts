/** Who is signed in, and to which site. */

import { signal } from "@preact/signals";
import { ApiError, get, post, remove, textOf } from "../api/client";
import type { Session } from "../api/types";

export type SignIn = "asking" | "out" | "in" | "unreachable";

export const signIn = signal<SignIn>("asking");
export const session = signal<Session | null>(null);
export const site = signal({ name: "", version: "" });

/** Why the login form is shown, where there is something to say. */
export const signInNote = signal("");

export function enter(who: Session): void {
  session.value = who;
  signInNote.value = "";
  signIn.value = "in";
}

export function leave(note: string): void {
  session.value = null;
  signInNote.value = note;
  signIn.value = "out";
}

/** Asks whether the browser still holds a session. */
export async function resume(): Promise<void> {
  try {
    enter(await get<Session>("/session"));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) leave("");
    else {
      signInNote.value = textOf(error);
      signIn.value = "unreachable";
    }
  }
}

/** Throws ApiError with the text to show when refused. */
export async function logIn(user: string, password: string): Promise<void> {
  enter(await post<Session>("/session", { user, password }));
}

export async function signOut(): Promise<void> {
  try {
    await remove("/session");
    leave("You are signed out.");
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) leave("You are signed out.");
    else throw error;
  }
}
