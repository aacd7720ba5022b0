/** Whether the page is being told what happens, and since when it is not. */

import { signal } from "@preact/signals";

export type LiveState = "starting" | "live" | "lost";

export const live = signal<LiveState>("starting");
/** When the back end was last heard, by this machine's clock. */
export const heardAt = signal(Date.now());
