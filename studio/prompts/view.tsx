/** Prompt files: text with completion and inline errors, and a preview of its prompts. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { PromptCheck } from "../../src/studio/promptRoutes.js";
import { call } from "../client.js";
import { emptyTerm, form, change } from "../generate/form.js";
import { attempt, showToast } from "../state.js";
import { Icon } from "../icons.js";
import { Button, Notice } from "../ui.js";
import { Tune } from "./tune.js";

interface File {
  readonly source: "package" | "own";
  readonly name: string;
}

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

const newFileText = `templates:
  - "{}"
  - an emoji of {}

prompts:
  - a red heart
  - text: a blue heart
    weight: 0.5
`;

/** Properties of a part of the schema, whichever form of a union has them. */
function propertiesOf(schema: Schema | undefined): Readonly<Record<string, Schema>> {
  const items = schema?.items;
  return (
    schema?.properties ??
    items?.properties ??
    items?.anyOf?.find(({ properties }) => properties)?.properties ??
    {}
  );
}

/** Keys that can be written at a place of the text: those of the section that it is in, or of the file. */
function completionsAt(
  text: string,
  caret: number,
  schema: Schema | undefined,
): { indent: string; keys: [string, string][] } {
  const before = text.slice(0, caret);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const section = /^\s/.test(line) ? [...before.matchAll(/^([a-z]+):/gm)].at(-1)?.[1] : undefined;
  const part = section === undefined ? schema : schema?.properties?.[section];
  const typed = /[a-z]*$/i.exec(line)![0];
  const keys = Object.entries(propertiesOf(part))
    .filter(
      ([key]) => key.startsWith(typed) && !(section === undefined && new RegExp(`^${key}:`, "m").test(text)),
    )
    .map(([key, { description = "" }]): [string, string] => [key, description]);
  return { indent: line.replace(/\S.*$/, ""), keys };
}

function Preview({ check }: { check: PromptCheck }) {
  return (
    <section class="card stack" aria-label="Preview">
      <h2>Preview</h2>
      {check.prompts.length === 0 && (
        <p class="soft small">No prompt yet; templates alone make a file for other prompts.</p>
      )}
      {check.prompts.map(({ name, sentences, weights }) => (
        <div key={name} class="stack tight-stack">
          <h3>{name}</h3>
          <p class="small soft">Weight over the run</p>
          <div
            class="weights"
            role="img"
            aria-label={`Weight over the run: ${weights.map((weight) => weight.toFixed(1)).join(", ")}`}
          >
            {weights.map((weight, index) => (
              <div key={index}>
                <span class={weight < 0 ? "bar away" : "bar"}>
                  <div style={{ width: `${Math.min(100, (Math.abs(weight) / 2) * 100)}%` }} />
                </span>
                <span class="small numbers soft">{weight.toFixed(1).replace("-", "−")}</span>
              </div>
            ))}
          </div>
          <ul class="small soft bullets">
            {sentences.slice(0, 4).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
            {sentences.length > 4 && <li>and {sentences.length - 4} more sentences</li>}
          </ul>
        </div>
      ))}
    </section>
  );
}

export function PromptsView() {
  const [files, setFiles] = useState<readonly File[]>([]);
  const [schema, setSchema] = useState<Schema>();
  const [name, setName] = useState("my prompts.yaml");
  const [text, setText] = useState(newFileText);
  const [caret, setCaret] = useState(0);
  const [check, setCheck] = useState<PromptCheck>();
  const box = useRef<HTMLTextAreaElement>(null);
  const load = (): void =>
    void attempt(async () => {
      const found = await call<{ files: File[]; schema: Schema }>("GET", "/prompts");
      setFiles(found.files);
      setSchema(found.schema);
    });
  useEffect(load, []);
  useEffect(() => {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      call<PromptCheck>("POST", "/prompts/check", { text }, controller.signal).then(
        setCheck,
        () => undefined,
      );
    }, 250);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [text]);

  const open = (file: File): void =>
    void attempt(async () => {
      const found = await call<{ text: string }>(
        "GET",
        `/prompts/${file.source}/${encodeURIComponent(file.name)}`,
      );
      setText(found.text);
      setName(file.name);
    });
  const save = (): void =>
    void attempt(async () => {
      const full = name.endsWith(".yaml") ? name : `${name}.yaml`;
      await call("PUT", `/prompts/own/${encodeURIComponent(full)}`, { text });
      setName(full);
      showToast(`Saved as ${full}.`);
      load();
    });
  const use = (): void => {
    if (!check?.content) return;
    change({ terms: [emptyTerm()], more: { ...form.value.more, prompts: check.content } });
    location.hash = "#/generate";
    showToast("The prompts of the file are in the form.");
  };
  const { indent, keys } = completionsAt(text, caret, schema);
  const insert = (key: string): void => {
    const before = text.slice(0, caret).replace(/[a-z]*$/i, "");
    const lineStart = /(?:^|\n)\s*$/.test(before) || /-\s$/.test(before);
    const added = `${lineStart ? "" : `\n${indent}`}${key}: `;
    // At once, so that what is typed next follows the key.
    const element = box.current!;
    element.focus();
    element.setRangeText(added, before.length, caret, "end");
    setText(element.value);
    setCaret(element.selectionStart);
  };
  const goToLine = (line: number): void => {
    const start =
      text
        .split("\n")
        .slice(0, line - 1)
        .join("\n").length + (line > 1 ? 1 : 0);
    box.current?.focus();
    box.current?.setSelectionRange(start, start + (text.split("\n")[line - 1]?.length ?? 0));
  };
  const lines = text.split("\n").length;
  const note = (event: { currentTarget: HTMLTextAreaElement }): void =>
    setCaret(event.currentTarget.selectionStart);
  return (
    <div class="view prompts-view">
      <header>
        <h1>Prompt files</h1>
        <span class="grow" />
        <Button onClick={save} icon="check">
          Save
        </Button>
        <Button
          kind="primary"
          icon="generate"
          disabled={!check?.ok || check.prompts.length === 0}
          onClick={use}
        >
          Use in Generate
        </Button>
      </header>
      <div class="prompt-files">
        <nav class="card" aria-label="Prompt files">
          <ul>
            <li>
              <button
                type="button"
                class="file new"
                onClick={() => {
                  setText(newFileText);
                  setName("my prompts.yaml");
                }}
              >
                <Icon name="plus" size={16} />
                New file
              </button>
            </li>
            {files.map((file) => (
              <li key={file.source + file.name}>
                <button
                  type="button"
                  class="file"
                  aria-current={file.name === name ? "true" : undefined}
                  onClick={() => open(file)}
                >
                  {file.name}
                  {file.source === "own" && <span class="small soft">yours</span>}
                </button>
              </li>
            ))}
          </ul>
        </nav>
        <div class="card stack">
          <div class="field">
            <label for="prompt-name">Name</label>
            <input
              id="prompt-name"
              class="input"
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </div>
          <div class="field">
            <label for="prompt-text">
              Text <output>YAML</output>
            </label>
            <div class="code">
              <div class="line-numbers" aria-hidden="true">
                {Array.from({ length: lines }, (_, index) => (
                  <div key={index} class={check?.line === index + 1 ? "wrong" : ""}>
                    {index + 1}
                  </div>
                ))}
              </div>
              <textarea
                id="prompt-text"
                ref={box}
                data-prompt=""
                spellcheck={false}
                rows={Math.max(14, lines + 1)}
                value={text}
                aria-invalid={check?.ok === false}
                aria-describedby="prompt-problem"
                onInput={(event) => {
                  setText(event.currentTarget.value);
                  note(event);
                }}
                onKeyUp={note}
                onClick={note}
              />
            </div>
          </div>
          <div id="prompt-problem" role="status" class="problem-place">
            {check?.ok === false ? (
              <Notice kind="bad">
                <button type="button" class="link" onClick={() => goToLine(check.line!)}>
                  Line {check.line}
                </button>
                : {check.message}
              </Notice>
            ) : (
              <p class="status">
                {check?.ok && <Icon name="check" size={18} />}
                {check?.ok ? "The file is valid." : "Checking…"}
              </p>
            )}
          </div>
          <div class="chips" role="group" aria-label="Keys to insert">
            {keys.length > 0 && <span class="small soft">Insert</span>}
            {keys.slice(0, 8).map(([key, description]) => (
              <button key={key} type="button" class="chip" title={description} onClick={() => insert(key)}>
                {key}
              </button>
            ))}
          </div>
        </div>
        {check?.ok ? (
          <Preview check={check} />
        ) : (
          <section class="card stack" aria-label="Preview">
            <h2>Preview</h2>
            <p class="small soft">The prompts appear here when the file is valid.</p>
          </section>
        )}
        <Tune text={text} onText={setText} />
      </div>
    </div>
  );
}
