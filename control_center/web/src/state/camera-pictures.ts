/** Fetches the pictures of all cameras on the page: one request at a time, for what is new. */

import { BASE } from "../api/client";
import { drawnSignal, watchedSignal, type Told } from "./cameras";
import type { CameraPicture } from "../api/types";

const TIMEOUT_MS = 4000;
const PACE_MS = 100;
const AGAIN_MS = 1000;

type Take = (bitmap: ImageBitmap) => void;

interface Wanted {
  id: number;
  told: Told;
  picture: CameraPicture;
}

const takers = new Map<number, Take>();
let busy = false;
let timer = 0;

/** From now on the newest pictures of this camera are given to `take`, until what it returns is called. */
export function takePictures(id: number, take: Take): () => void {
  takers.set(id, take);
  fetchPictures();
  return () => {
    if (takers.get(id) === take) takers.delete(id);
  };
}

/** Something new was told, or the page is in sight again. */
export function fetchPictures(): void {
  if (!busy && !document.hidden) void round();
}

function wanted(): Wanted[] {
  return [...takers.keys()].flatMap((id) => {
    const told = watchedSignal(id).peek();
    const picture = told?.picture;
    return told && picture && picture.time !== drawnSignal(id).peek()?.picture.time ? [{ id, told, picture }] : [];
  });
}

async function round(): Promise<void> {
  const asked = wanted();
  if (asked.length === 0) return;
  busy = true;
  let pause = PACE_MS;
  try {
    const form = await ask(asked);
    await Promise.all(asked.map((one) => show(one, form.get(String(one.id)))));
  } catch {
    // What is on the screen grows old, and says so.
    pause = AGAIN_MS;
  }
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    busy = false;
    fetchPictures();
  }, pause);
}

async function ask(asked: Wanted[]): Promise<FormData> {
  const query = new URLSearchParams(asked.map(({ id, picture }) => ["of", `${id}@${picture.time}`]));
  const response = await fetch(`${BASE}/cameras/pictures?${query}`, {
    credentials: "same-origin",
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.formData();
}

async function show({ id, told, picture }: Wanted, file: FormDataEntryValue | null): Promise<void> {
  if (!(file instanceof Blob)) return;
  const bitmap = await createImageBitmap(file);
  const take = takers.get(id);
  if (!take) return bitmap.close();
  take(bitmap);
  drawnSignal(id).value = { picture, at: told.at };
}
