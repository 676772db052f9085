import type { StudioParts } from "./parts.js";

/** Formats metrics of the studio server as Prometheus text. Source: Prometheus text exposition format 0.0.4. */
export function formatMetrics({ runs, hub, engine }: Pick<StudioParts, "runs" | "hub" | "engine">): string {
  const all = runs.list();
  const waiting = all.filter(({ status }) => status === "waiting").length;
  const running = all.filter(({ status }) => status === "running").length;
  const metric = (
    name: string,
    type: "counter" | "gauge",
    help: string,
    values: Record<string, number>,
  ): string =>
    [
      `# HELP clipsteer_${name} ${help}`,
      `# TYPE clipsteer_${name} ${type}`,
      ...Object.entries(values).map(([label, value]) => `clipsteer_${name}${label} ${value}`),
    ].join("\n");
  const finished = Object.fromEntries(
    Object.entries(runs.counts).map(([status, count]) => [`{status="${status}"}`, count]),
  );
  return `${[
    metric("runs_finished_total", "counter", "Finished runs since the start, by status", finished),
    metric("run_seconds_total", "counter", "Seconds of runs that have ended since the start", {
      "": runs.seconds,
    }),
    metric("runs_waiting", "gauge", "Runs in the queue", { "": waiting }),
    metric("runs_running", "gauge", "Runs in progress", { "": running }),
    metric("pages_open", "gauge", "Pages that listen to events", { "": hub.listeners }),
    metric("engine_loaded", "gauge", "Whether the engine process runs", { "": engine.loaded ? 1 : 0 }),
    metric("resident_bytes", "gauge", "Memory of the server without the engine", {
      "": process.memoryUsage.rss(),
    }),
    metric("uptime_seconds", "counter", "Seconds since the start", { "": process.uptime() }),
  ].join("\n")}\n`;
}
