/** The whole page. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { listenToKeys } from "../keyboard";
import { counts } from "../state/alerts";
import { live } from "../state/live-state";
import { spoken } from "../state/news";
import { signIn, site } from "../state/session";
import { drawer, drawing, help, openedCamera, page } from "../state/view";
import { AccuracyPage } from "./accuracy-page";
import { AlertDetailPanel } from "./alert-detail";
import { AlertList } from "./alert-list";
import { Banners } from "./banners";
import { CamerasPage } from "./cameras-page";
import { CityMap } from "./city-map";
import { DeviceDetail } from "./device-detail";
import { DevicesPage } from "./devices-page";
import { DrawingPage } from "./drawing-page";
import { FieldPage } from "./field-page";
import { Header } from "./header";
import { HealthDrawer } from "./health-drawer";
import { Help } from "./help";
import { HistoryPage } from "./history-page";
import { Login } from "./login";

export function App(): JSX.Element | null {
  switch (signIn.value) {
    case "asking":
      return null;
    case "in":
      return <Console />;
    default:
      return <Login />;
  }
}

function Console(): JSX.Element {
  useEffect(listenToKeys, []);
  return (
    <div class={`console ${live.value === "lost" ? "lost" : ""}`}>
      <Title />
      <Header />
      <Banners />
      <main class={`panes page-${page.value}`}>
        <Panes />
        {drawer.value === "health" && <HealthDrawer />}
      </main>
      {help.value && <Help />}
      <p class="spoken" aria-live="assertive" role="alert" data-testid="spoken">
        {spoken.value}
      </p>
    </div>
  );
}

function Panes(): JSX.Element {
  switch (page.value) {
    case "live":
      return (
        <>
          <AlertList />
          <CityMap />
          <AlertDetailPanel />
        </>
      );
    case "cameras":
      if (openedCamera.value !== null && drawing.value) return <DrawingPage thing={openedCamera.value} />;
      return <CamerasPage />;
    case "field":
      return <FieldPage />;
    case "accuracy":
      return <AccuracyPage />;
    case "devices":
      return (
        <>
          <DevicesPage />
          <DeviceDetail />
        </>
      );
    case "history":
      return (
        <>
          <HistoryPage />
          <AlertDetailPanel />
        </>
      );
  }
}

/** The browser's tab says how much waits, and when the page is not current. */
function Title(): null {
  const waiting = counts.value.unacknowledged;
  const state = live.value === "lost" ? "NOT CURRENT · " : waiting ? `(${waiting}) ` : "";
  const title = `${state}Smartopia ${site.value.name}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  return null;
}
