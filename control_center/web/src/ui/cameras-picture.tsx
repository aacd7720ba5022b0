/** A camera's newest picture, drawn as it comes, and the boxes over it. */

import type { JSX } from "preact";
import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Box, CameraPicture } from "../api/types";
import { placeLabels } from "../lib/labels";
import { fetchPictures, takePictures } from "../state/camera-pictures";
import { boxesShown, drawnSignal, watchedSignal } from "../state/cameras";

/** Draws the newest picture told of, and the next when there is one; none while the page is hidden. */
function follow(id: number, canvas: HTMLCanvasElement): () => void {
  const leave = takePictures(id, (bitmap) => {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
  });
  const stop = effect(() => {
    watchedSignal(id).value;
    fetchPictures();
  });
  document.addEventListener("visibilitychange", fetchPictures);
  return () => {
    leave();
    stop();
    document.removeEventListener("visibilitychange", fetchPictures);
    // A new canvas is empty: what was on this one is not on the screen any more.
    drawnSignal(id).value = null;
  };
}

interface PictureProps {
  id: number;
  /** Where it stands by itself, what it is called; its boxes then tell their scores. */
  label?: string;
  /** Of the picture on the screen, in CSS pixels: labels keep their size. */
  width: number;
}

export function LivePicture({ id, label, width }: PictureProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => (canvas.current ? follow(id, canvas.current) : undefined), [id]);
  const picture = drawnSignal(id).value?.picture;
  return (
    <>
      <canvas
        key={id}
        ref={canvas}
        class="live-picture"
        width={640}
        height={384}
        role={label ? "img" : undefined}
        aria-label={label}
        aria-hidden={label ? undefined : "true"}
        data-testid="camera-picture"
        data-time={picture?.time}
      />
      {picture && boxesShown.value && <Boxes picture={picture} scale={picture.width / Math.max(width, 1)} scores={Boolean(label)} />}
    </>
  );
}

interface BoxesProps {
  picture: CameraPicture;
  /** Picture pixels to a CSS pixel. */
  scale: number;
  scores: boolean;
}

const TEXT_PX = 10.5;

function Boxes({ picture, scale, scores }: BoxesProps): JSX.Element {
  const size = TEXT_PX * scale;
  const texts = picture.objects.map((o) => (scores ? `${o.label} ${Math.round(o.score * 100)}%` : o.label));
  const labels = placeLabels(picture.objects, texts, size, picture.width);
  return (
    <svg class="live-boxes" viewBox={`0 0 ${picture.width} ${picture.height}`} aria-hidden="true">
      {picture.objects.map((o, i) => (
        <Outline key={i} object={o} />
      ))}
      {labels.map(
        (at, i) =>
          at && (
            <g key={i}>
              <rect class="box-label" x={at.x} y={at.y} width={at.width} height={at.height} rx={size * 0.2} />
              <text x={at.x + size * 0.3} y={at.y + size} font-size={size}>
                {at.text}
              </text>
            </g>
          ),
      )}
    </svg>
  );
}

function Outline({ object }: { object: Box }): JSX.Element {
  const [x1, y1, x2, y2] = object.box;
  const place = { x: x1, y: y1, width: Math.max(0, x2 - x1), height: Math.max(0, y2 - y1) };
  return (
    <g data-testid="camera-box" data-label={object.label}>
      <rect class="halo" {...place} />
      <rect class="box" {...place} />
    </g>
  );
}
