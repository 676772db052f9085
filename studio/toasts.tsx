/** Short messages at the bottom of the page. */
import { dropToast, toasts } from "./state.js";
import { Button } from "./ui.js";

/** The messages that are shown now, each with its action and a button that closes it. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, bad, action }) => (
        <div key={id} class={`toast ${bad ? "bad" : ""}`}>
          <span>{text}</span>
          {action && (
            <Button
              onClick={() => {
                action.run();
                dropToast(id);
              }}
            >
              {action.label}
            </Button>
          )}
          <Button kind="quiet" icon="close" label="Dismiss" onClick={() => dropToast(id)} />
        </div>
      ))}
    </div>
  );
}
