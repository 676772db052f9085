import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ClassifyView } from "./classify/view.js";
import { call, hasToken, setToken } from "./client.js";
import { DoctorView } from "./doctor.js";
import { DropDialog } from "./drop-dialog.js";
import { EditView } from "./edit/view.js";
import { ItemDialog } from "./gallery/detail.js";
import { GalleryView } from "./gallery/view.js";
import { GenerateView } from "./generate/view.js";
import { LayersDialog } from "./layers/dialog.js";
import { PromptsView } from "./prompts/view.js";
import { QueueView } from "./queue.js";
import { Shell, viewTitles } from "./shell.js";
import { connect, refused, session, view, type ViewName, viewNames } from "./state.js";
import "./theme.js";
import { Button, Empty, Notice } from "./ui.js";

const views: Readonly<Record<ViewName, () => JSX.Element>> = {
  generate: GenerateView,
  edit: EditView,
  gallery: GalleryView,
  queue: QueueView,
  classify: ClassifyView,
  prompts: PromptsView,
  doctor: DoctorView,
};

function followAddress(): void {
  const name = location.hash.replace(/^#\//, "") as ViewName;
  view.value = viewNames.includes(name) ? name : "generate";
  document.title = `${viewTitles[view.value]} – clipsteer studio`;
}

/** Asks for the password of a studio on the network; one on this machine is opened by its address. */
function Login() {
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState("");
  const submit = async (): Promise<void> => {
    try {
      setToken((await call<{ token: string }>("POST", "/login", { password })).token);
      location.reload();
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <main class="login">
      <Empty icon="lock" title="This page needs its key">
        <p>
          Open the address that the studio printed when it started; it holds the key. It changes with every
          start.
        </p>
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <label class="visually-hidden" for="password">
            Password
          </label>
          <input
            id="password"
            class="input grow"
            type="password"
            autocomplete="current-password"
            placeholder="or the password"
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
          <Button submit disabled={password === ""}>
            Open
          </Button>
        </form>
        {problem !== "" && <Notice kind="bad">{problem}</Notice>}
      </Empty>
    </main>
  );
}

export function App() {
  useEffect(() => {
    followAddress();
    addEventListener("hashchange", followAddress);
    if (hasToken()) void connect();
    else refused.value = true;
    return () => removeEventListener("hashchange", followAddress);
  }, []);
  if (refused.value) return <Login />;
  if (!session.value) return <main class="login" aria-busy="true" />;
  const View = views[view.value];
  return (
    <Shell>
      <View />
      <ItemDialog />
      <DropDialog />
      <LayersDialog />
    </Shell>
  );
}
