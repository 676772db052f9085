import { useState } from "preact/hooks";
import { useModels, wakeModels } from "../models.js";
import { activeRun } from "../state.js";
import { Segments, Select, Slider, TextField } from "../fields.js";
import { nameOfSetting } from "../settings.js";
import { Button, Notice } from "../ui.js";
import { type TermForm, change, changeTerm, emptyTerm, form, randomSeed, requestOf } from "./form.js";
import { GridDialog } from "./grid-dialog.js";
import { startRun } from "./start.js";

const longestPrompt = 2000;
const efforts = [
  ["draft", "Draft"],
  ["normal", "Normal"],
  ["best", "Best"],
  ["time", "Time limit"],
] as const;

function Term({ term, index }: { term: TermForm; index: number }) {
  const { key, text, weight, avoided } = term;
  const several = form.value.terms.length > 1;
  const name = index === 0 ? "Prompt" : `Prompt ${index + 1}`;
  return (
    <div class={`term ${avoided ? "away" : ""}`}>
      <TextField
        id={`term-${key}`}
        label={avoided ? `Avoided (${name.toLowerCase()})` : name}
        hint={index > 0 ? undefined : activeRun.value ? "Enter to queue" : "Enter to generate"}
        rows={index === 0 ? 3 : 2}
        isPrompt={index === 0}
        focused={index > 0 && text === ""}
        wrong={text.length > longestPrompt}
        value={text}
        placeholder={index === 0 ? "a red heart" : "another thing, or one to avoid"}
        onFocus={wakeModels}
        onInput={(value) => {
          wakeModels();
          changeTerm(key, { text: value });
        }}
        onEnter={() => void startRun()}
      />
      {text.length > longestPrompt && (
        <Notice kind="bad">
          {text.length.toLocaleString()} characters are too many: at most {longestPrompt.toLocaleString()}.
          Shorten the prompt, or split it into several.
        </Notice>
      )}
      {several && (
        <div class="term-row">
          <Slider
            label={`Weight of ${name.toLowerCase()}`}
            hideLabel
            value={weight}
            min={0.1}
            max={3}
            step={0.1}
            shown={weight.toFixed(1)}
            onInput={(value) => changeTerm(key, { weight: value })}
          />
          <span class="small numbers soft">{weight.toFixed(1)}</span>
          {index > 0 && (
            <>
              <Button kind="quiet" pressed={avoided} onClick={() => changeTerm(key, { avoided: !avoided })}>
                Avoid
              </Button>
              <Button
                kind="quiet"
                icon="close"
                label={`Remove ${name.toLowerCase()}`}
                onClick={() => change({ terms: form.value.terms.filter((each) => each.key !== key) })}
              />
            </>
          )}
        </div>
      )}
    </div>
  );
}

function Seed() {
  const { seed, keepSeed } = form.value;
  return (
    <div class="field">
      <label for="seed">
        Seed <output>{keepSeed ? "locked" : "random each time"}</output>
      </label>
      <div class="row tight">
        <input
          id="seed"
          class="input numbers grow"
          type="number"
          min={0}
          max={2 ** 31}
          value={keepSeed ? seed : ""}
          placeholder="random"
          onChange={(event) => {
            const { valueAsNumber } = event.currentTarget;
            if (Number.isNaN(valueAsNumber)) change({ keepSeed: false });
            else change({ seed: Math.max(0, Math.round(valueAsNumber)), keepSeed: true });
          }}
        />
        <Button
          icon={keepSeed ? "lock" : "unlock"}
          label={keepSeed ? "Use a random seed each time" : "Keep the last seed"}
          pressed={keepSeed}
          onClick={() => change({ keepSeed: !keepSeed })}
        />
        <Button
          icon="dice"
          label="Draw another seed"
          onClick={() => change({ seed: randomSeed(), keepSeed: true })}
        />
      </div>
    </div>
  );
}

/** The settings of a picture, and the button that starts its run. */
export function Controls() {
  const { terms, style, effort, seconds, count, init, more } = form.value;
  const models = useModels();
  const [grid, setGrid] = useState(false);
  const busy = activeRun.value !== undefined;
  const styles = [["", "Any style"], ...(models?.styles ?? []).map((name) => [name, name] as const)] as const;
  return (
    <form
      class="card stack controls"
      onSubmit={(event) => {
        event.preventDefault();
        void startRun();
      }}
    >
      {terms.map((term, index) => (
        <Term key={term.key} term={term} index={index} />
      ))}
      <Button kind="flush" icon="plus" onClick={() => change({ terms: [...terms, emptyTerm()] })}>
        Add a prompt
      </Button>
      {init && (
        <Notice>
          Starts from {init.name}.{" "}
          <button type="button" class="link" onClick={() => change({ init: undefined })}>
            Start without it
          </button>
        </Notice>
      )}
      <Select
        label="Style"
        value={style}
        options={style !== "" && !models?.styles.includes(style) ? [...styles, [style, style]] : styles}
        onChange={(value) => change({ style: value })}
      />
      <Segments
        label="Effort"
        value={effort}
        options={efforts}
        onChange={(value) => change({ effort: value })}
      />
      {effort === "time" && (
        <Slider
          label="Time limit"
          value={seconds}
          min={5}
          max={300}
          step={5}
          shown={`${seconds} s`}
          onInput={(value) => change({ seconds: value })}
        />
      )}
      <Seed />
      <Slider
        label="Pictures"
        value={count}
        min={1}
        max={16}
        step={1}
        onInput={(value) => change({ count: value })}
      />
      {Object.keys(more).length > 0 && (
        <Notice>
          Also set: {Object.keys(more).map(nameOfSetting).join(", ")}.{" "}
          <button type="button" class="link" onClick={() => change({ more: {} })}>
            Use the defaults
          </button>
        </Notice>
      )}
      <Button
        kind="primary"
        submit
        wide
        icon="generate"
        disabled={
          requestOf(form.value) === undefined || terms.some(({ text }) => text.length > longestPrompt)
        }
      >
        {busy ? "Add to the queue" : count > 1 ? `Generate ${count} pictures` : "Generate"}
      </Button>
      <Button wide icon="grid" onClick={() => setGrid(true)}>
        Grid over two settings
      </Button>
      {grid && <GridDialog onClose={() => setGrid(false)} />}
    </form>
  );
}
