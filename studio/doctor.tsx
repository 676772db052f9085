import { useEffect, useState } from "preact/hooks";
import type { MachineView } from "../src/studio/machineRoutes.js";
import { call } from "./client.js";
import { Icon } from "./icons.js";
import { attempt, session, showToast } from "./state.js";
import { Button } from "./ui.js";

function Part({
  name,
  found,
  detail,
  chosen = false,
}: {
  name: string;
  found: boolean;
  detail: string;
  chosen?: boolean;
}) {
  return (
    <li class="part">
      <span class={found ? "yes" : "no"}>
        <Icon name={found ? "check" : "close"} size={18} />
        <span class="visually-hidden">{found ? "found" : "not found"}</span>
      </span>
      <div>
        <strong>{name}</strong> {chosen && <span class="tag active">in use</span>}
        <p class="small soft">{detail}</p>
      </div>
    </li>
  );
}

/** Engines, packs and packages of this machine, and how to install missing ones. */
export function DoctorView() {
  const [report, setReport] = useState<MachineView>();
  const load = (): void => void attempt(async () => setReport(await call<MachineView>("GET", "/doctor")));
  useEffect(load, []);
  return (
    <div class="view doctor">
      <header>
        <h1>Doctor</h1>
        <span class="grow" />
        <Button icon="replay" onClick={load}>
          Refresh
        </Button>
      </header>
      {!report ? (
        <>
          <p class="visually-hidden" role="status">
            Inspecting the machine…
          </p>
          <div class="columns" aria-hidden="true">
            {["Machine", "Engines", "Packs", "Optional packages"].map((title) => (
              <section key={title} class="card blank">
                <h2>{title}</h2>
                <p class="small soft">Inspecting…</p>
              </section>
            ))}
          </div>
        </>
      ) : (
        <div class="columns">
          <section class="card stack">
            <h2>Machine</h2>
            <dl class="facts">
              <dt>Node</dt>
              <dd>
                {report.node.version}
                {!report.node.ok && " (20 or newer is needed)"}
              </dd>
              <dt>Platform</dt>
              <dd>{report.platform}</dd>
              <dt>Threads</dt>
              <dd>{report.threads}</dd>
              <dt>Memory</dt>
              <dd>
                {report.memory.totalGb} GB, {report.memory.freeGb} GB free
              </dd>
              <dt>Run folders</dt>
              <dd>{session.value?.out}</dd>
              <dt>Studio</dt>
              <dd>
                {session.value?.version}, {Math.round(report.studio.bytes / 1e6)} MB without models
              </dd>
              <dt>Models</dt>
              <dd>{report.studio.engineLoaded ? "loaded" : "not loaded"}</dd>
            </dl>
            <Button
              disabled={!report.studio.engineLoaded}
              onClick={() =>
                void attempt(async () => {
                  await call("POST", "/unload", {});
                  showToast("The models are unloaded; the next run loads them again.");
                  load();
                })
              }
            >
              Unload the models
            </Button>
          </section>
          <section class="card stack">
            <h2>Engines</h2>
            <ul class="stack">
              {report.engines.map((engine) => (
                <Part key={engine.name} {...engine} chosen={engine.name === report.engine} />
              ))}
            </ul>
          </section>
          <section class="card stack">
            <h2>Packs</h2>
            <ul class="stack">
              {report.packs.map(({ name, megabytes, problem }) => (
                <Part
                  key={name}
                  name={name}
                  found={problem === undefined}
                  detail={problem ?? `${megabytes} MB`}
                />
              ))}
            </ul>
          </section>
          <section class="card stack">
            <h2>Optional packages</h2>
            <ul class="stack">
              {report.optional.map((part) => (
                <Part key={part.name} {...part} />
              ))}
            </ul>
          </section>
        </div>
      )}
    </div>
  );
}
