/** Starts the console: asks who is signed in, and is live for as long as somebody is. */

import { effect, untracked } from "@preact/signals";
import L from "leaflet";
import { render } from "preact";
import "leaflet/dist/leaflet.css";
import "uplot/dist/uPlot.min.css";
import "./styles/main.css";
import { whenSignedOut } from "./api/client";
import { startLive, stopLive } from "./api/live";
import { forgetAlerts } from "./state/alerts";
import { forgetCameras } from "./state/cameras";
import { forgetDrawing } from "./state/drawing";
import { forgetHealth } from "./state/health";
import { leave, resume, session } from "./state/session";
import { forgetThings } from "./state/things";
import { closeAlert } from "./state/view";
import { App } from "./ui/app";

// Leaflet puts itself on the window; nothing of ours stands there.
L.noConflict();

whenSignedOut(() => {
  if (session.peek()) leave("Your session has ended. Sign in again.");
});

/** Nothing of one operator's session stays on the page for the next. */
function forget(): void {
  stopLive();
  forgetAlerts();
  forgetThings();
  forgetCameras();
  forgetDrawing();
  forgetHealth();
  closeAlert();
}

let was = false;
effect(() => {
  const who = session.value;
  untracked(() => {
    if (who) void startLive(who);
    else if (was) forget();
  });
  was = who !== null;
});

const root = document.getElementById("console");
if (root) render(<App />, root);
void resume();
