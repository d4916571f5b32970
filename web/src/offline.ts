// The service worker (web/build/service_worker.js), which makes the page work offline, and isolates it where the server does
// not. Isolation begins with a page's loading, so the first visit to such a server loads the page a second time: once, and
// not while somebody works with it.
import { assets } from "virtual:page";

const TRIED = "cnnlab.isolating";

/** `idle`: whether nothing would be lost by loading the page again. */
export async function startOffline(idle: () => boolean): Promise<void> {
  if (!("serviceWorker" in navigator)) return; // also where the page is not served securely
  const { serviceWorker } = navigator;
  const controlled = new Promise<void>((resolve) => serviceWorker.addEventListener("controllerchange", () => resolve(), { once: true }));
  const wanted = !crossOriginIsolated && Boolean(assets.wasm.threads) && !serviceWorker.controller;
  await serviceWorker.register(new URL("service_worker.js", document.baseURI), { updateViaCache: "none" });
  if (!wanted || sessionStorage.getItem(TRIED)) return;
  await controlled;
  if (!idle()) return; // the next visit is isolated anyway
  sessionStorage.setItem(TRIED, "yes");
  location.reload();
}
