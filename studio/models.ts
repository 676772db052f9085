/** The models of the standard pack: loaded early, and described. */
import { useEffect, useState } from "preact/hooks";
import type { ModelsView } from "../src/studio/api.js";
import { call } from "./client.js";
import { attempt, session } from "./state.js";

/** Milliseconds between two requests that keep the models loaded; the server unloads them after ten minutes. */
const wakeInterval = 300_000;
let lastWake = 0;

/** Loads the models while a prompt is written, so that the first picture need not wait for them. */
export function wakeModels(): void {
  if (performance.now() - lastWake < wakeInterval) return;
  lastWake = performance.now();
  void call("GET", "/models").catch(() => undefined); // reported when the run starts
}

/** Styles and sizes of the pack; undefined until its models are loaded. */
export function useModels(): ModelsView | undefined {
  const [models, setModels] = useState<ModelsView>();
  const ready = session.value !== undefined;
  useEffect(() => {
    if (ready) void attempt(async () => setModels(await call<ModelsView>("GET", "/models")));
  }, [ready]);
  return models;
}
