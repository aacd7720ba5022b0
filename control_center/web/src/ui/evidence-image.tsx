/** The pictures of an alert. The boxes are drawn over the picture, never into it. */

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { EvidenceImage, Severity } from "../api/types";
import { when } from "../lib/format";
import { now } from "../state/clock";
import { Icon } from "./icons";

interface ImagesProps {
  images: EvidenceImage[];
  severity: Severity;
  replay: boolean;
}

export function EvidenceImages({ images, severity, replay }: ImagesProps): JSX.Element {
  const at = useSignal(0);
  const boxes = useSignal(true);
  const large = useSignal(false);
  const image = images[Math.min(at.value, images.length - 1)];
  if (!image) return <></>;
  return (
    <figure class="picture">
      <Picture image={image} severity={severity} boxes={boxes.value} />
      <figcaption>
        <span>
          Taken <time dateTime={image.taken_at}>{when(image.taken_at, now.peek(), replay)}</time>
          {images.length > 1 && ` · ${at.value + 1} of ${images.length}`}
        </span>
        <span class="picture-tools">
          {images.length > 1 && (
            <>
              <button class="flat" disabled={at.value === 0} onClick={() => at.value--}>
                Previous
              </button>
              <button class="flat" disabled={at.value >= images.length - 1} onClick={() => at.value++}>
                Next
              </button>
            </>
          )}
          <button class="flat" aria-pressed={boxes.value} onClick={() => (boxes.value = !boxes.value)}>
            {boxes.value ? "Hide boxes" : "Show boxes"}
          </button>
          <button class="flat" title="Enlarge" aria-label="Enlarge the picture" onClick={() => (large.value = true)}>
            <Icon name="zoom" size={15} />
          </button>
        </span>
      </figcaption>
      {large.value && (
        <Lightbox onClose={() => (large.value = false)}>
          <Picture image={image} severity={severity} boxes={boxes.value} />
        </Lightbox>
      )}
    </figure>
  );
}

function Lightbox({ children, onClose }: { children: JSX.Element; onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="lightbox" ref={dialog} onClose={onClose} onClick={() => dialog.current?.close()} aria-label="Picture, enlarged">
      {children}
      <button class="flat" aria-label="Close the picture">
        <Icon name="close" /> Close <kbd>Esc</kbd>
      </button>
    </dialog>
  );
}

interface PictureProps {
  image: EvidenceImage;
  severity: Severity;
  boxes: boolean;
}

function Picture({ image, severity, boxes }: PictureProps): JSX.Element {
  const broken = useSignal(false);
  const { width, height } = image;
  return (
    <div class="picture-frame">
      {broken.value ? (
        <p class="problem">The picture cannot be loaded.</p>
      ) : (
        <img
          key={image.url}
          data-testid="evidence-image"
          src={image.url}
          width={width}
          height={height}
          alt={`Camera picture with ${image.boxes.length} detections`}
          onError={() => (broken.value = true)}
        />
      )}
      {boxes && (
        <svg class={`overlay sev-${severity}`} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          {image.zone && <polygon class="zone" points={image.zone.map((p) => p.join(",")).join(" ")} />}
          {image.boxes.map((b, i) => (
            <DetectionBox key={i} {...b} imageWidth={width} imageHeight={height} />
          ))}
        </svg>
      )}
    </div>
  );
}

interface BoxProps {
  label: string;
  score: number;
  box: [number, number, number, number];
  imageWidth: number;
  imageHeight: number;
}

function DetectionBox({ label, score, box, imageWidth, imageHeight }: BoxProps): JSX.Element {
  const [x1, y1, x2, y2] = box;
  const size = Math.max(imageWidth, imageHeight) / 42;
  // Who is hidden just then has a place, but nothing a detector would say of it.
  const text = score > 0 ? `${label} ${Math.round(score * 100)}%` : label;
  const labelWidth = text.length * size * 0.6 + size * 0.6;
  const x = Math.max(0, Math.min(x1, imageWidth - labelWidth));
  // The label stands above the box, inside it where there is no room above.
  const y = y1 > size * 1.5 ? y1 - size * 1.4 : y1;
  return (
    <g data-testid="evidence-box" data-label={label}>
      <rect class="box" x={x1} y={y1} width={Math.max(0, x2 - x1)} height={Math.max(0, y2 - y1)} />
      {text && (
        <>
          <rect class="box-label" x={x} y={y} width={labelWidth} height={size * 1.4} />
          <text x={x + size * 0.3} y={y + size * 1.05} font-size={size}>
            {text}
          </text>
        </>
      )}
    </g>
  );
}
