import { useModels, wakeModels } from "../models.js";
import { activeRun } from "../state.js";
import { Segments, Select, Slider, TextField } from "../fields.js";
import { Button } from "../ui.js";
import { changeHints, changeNames } from "./changes.js";
import { maskIsEmpty } from "./mask.js";
import { changeEdit, editForm, source, startEdit } from "./state.js";

/** The words and settings of an edit, and the button that starts it. */
export function EditControls() {
  const { prompt, from, strength, change, style, variations } = editForm.value;
  const styles = useModels()?.styles ?? [];
  const isComplete =
    prompt.trim() !== "" && source.value !== undefined && (change !== "style" || style !== "");
  const hasMask = !maskIsEmpty.value;
  return (
    <form
      class="card stack controls"
      onSubmit={(event) => {
        event.preventDefault();
        void startEdit();
      }}
    >
      <TextField
        id="edit-prompt"
        label={hasMask ? "In the painted part" : "What it should show"}
        hint="Enter to apply"
        rows={2}
        isPrompt
        value={prompt}
        placeholder="a red hat"
        onInput={(value) => {
          changeEdit({ prompt: value });
          wakeModels();
        }}
        onEnter={() => void startEdit()}
      />
      <TextField
        id="edit-from"
        label={hasMask ? "The painted part is now" : "What it shows now"}
        hint="optional"
        value={from}
        placeholder="a brown hat"
        onInput={(value) => changeEdit({ from: value })}
        onEnter={() => void startEdit()}
      />
      <Slider
        label="Strength"
        value={strength}
        min={0}
        max={1}
        step={0.05}
        shown={`${Math.round(strength * 100)} %`}
        onInput={(value) => changeEdit({ strength: value })}
      />
      <Segments
        label="Kind of change"
        inRows
        value={change}
        options={changeNames}
        onChange={(value) => changeEdit({ change: value })}
      />
      {change === "style" ? (
        <Select
          label="Style"
          hideLabel
          value={style}
          options={[["", "Choose a style"], ...styles.map((name) => [name, name] as const)]}
          onChange={(value) => changeEdit({ style: value })}
        />
      ) : (
        <p class="small soft change-hint">{changeHints[change]}</p>
      )}
      <Slider
        label="Variations"
        value={variations}
        min={1}
        max={8}
        step={1}
        onInput={(value) => changeEdit({ variations: value })}
      />
      <Button kind="primary" submit wide icon="edit" disabled={!isComplete}>
        {activeRun.value ? "Add to the queue" : "Apply the edit"}
      </Button>
    </form>
  );
}
