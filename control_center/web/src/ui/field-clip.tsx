/** Plays the pictures of a clip at the pace they were taken, again and again. */

import type { JSX } from "preact";
import { useSignal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ClipPicture } from "../api/types";

const REST_MS = 900;

/** The pictures, fetched once and let go of with the clip. */
function usePictures(pictures: ClipPicture[], broken: Signal<boolean>): Signal<string[]> {
  const urls = useSignal<string[]>([]);
  useEffect(() => {
    const made: string[] = [];
    let left = false;
    const fetchAll = async (): Promise<void> => {
      for (const { url } of pictures) {
        const response = await fetch(url, { credentials: "same-origin", cache: "no-store" });
        if (!response.ok) throw new Error(String(response.status));
        made.push(URL.createObjectURL(await response.blob()));
      }
      if (left) made.forEach(URL.revokeObjectURL);
      else urls.value = made;
    };
    urls.value = [];
    broken.value = false;
    fetchAll().catch(() => (broken.value = !left));
    return () => {
      left = true;
      made.forEach(URL.revokeObjectURL);
    };
  }, [pictures[0]?.url]);
  return urls;
}

interface ClipProps {
  pictures: ClipPicture[];
  label: string;
  /** Told whether a picture of the clip is on the screen. */
  shown: Signal<boolean>;
}

export function FieldClip({ pictures, label, shown }: ClipProps): JSX.Element {
  const broken = useSignal(false);
  const at = useSignal(0);
  const playing = useSignal(true);
  const urls = usePictures(pictures, broken);
  useEffect(() => {
    at.value = 0;
    playing.value = true;
    shown.value = false;
  }, [pictures[0]?.url]);
  useEffect(() => {
    if (!playing.value || !urls.value.length) return undefined;
    const here = pictures[at.value];
    const next = pictures[at.value + 1];
    const pause = here && next ? (next.seconds - here.seconds) * 1000 : REST_MS;
    const timer = window.setTimeout(() => (at.value = next ? at.value + 1 : 0), pause);
    return () => window.clearTimeout(timer);
  }, [at.value, playing.value, urls.value]);

  const show = (n: number): void => {
    playing.value = false;
    at.value = n;
  };
  const src = urls.value[at.value];
  return (
    <figure class="clip-player">
      <div class="clip-frame">
        {broken.value ? <p class="problem">The clip cannot be loaded.</p> : src ? <img src={src} alt={label} data-testid="clip" onLoad={() => (shown.value = true)} /> : <p class="empty">Loading the clip…</p>}
      </div>
      <figcaption>
        <button class="flat" onClick={() => (playing.value = !playing.value)} data-testid="clip-play">
          {playing.value ? "Pause" : "Play"}
        </button>
        <input
          type="range"
          min={0}
          max={pictures.length - 1}
          value={at.value}
          aria-label="Picture of the clip"
          onInput={(event) => show(Number(event.currentTarget.value))}
        />
        <span class="nowrap">
          {(pictures[at.value]?.seconds ?? 0).toFixed(1)} of {(pictures.at(-1)?.seconds ?? 0).toFixed(1)} s
        </span>
      </figcaption>
    </figure>
  );
}
