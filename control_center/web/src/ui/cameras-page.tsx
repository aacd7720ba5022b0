/** The cameras: the wall, or one of them large; the alert opened from there stands beside. */

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { textOf } from "../api/client";
import { loadCameras } from "../state/cameras";
import { opened, openedCamera } from "../state/view";
import { AlertDetailPanel } from "./alert-detail";
import { CameraPage } from "./cameras-detail";
import { CameraWall } from "./cameras-wall";

const AGAIN_MS = 5000;

export function CamerasPage(): JSX.Element {
  const error = useSignal("");
  useEffect(() => {
    const load = (): void => {
      loadCameras().then(
        () => (error.value = ""),
        (e: unknown) => (error.value = textOf(e)),
      );
    };
    load();
    const timer = window.setInterval(load, AGAIN_MS);
    return () => window.clearInterval(timer);
  }, []);
  const id = openedCamera.value;
  return (
    <>
      <div class="cameras">
        {error.value && <p class="problem">What is told of the cameras is not current. {error.value}</p>}
        {id === null ? <CameraWall /> : <CameraPage key={id} id={id} />}
      </div>
      {opened.value !== null && <AlertDetailPanel />}
    </>
  );
}
