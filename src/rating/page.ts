/** The page; its script and style are files of their own, so that the content policy can forbid inline ones. */
export const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Rate pictures</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<main>
<p id="progress" role="status" aria-live="polite"></p>
<h1 id="question">Loading…</h1>
<div id="pictures"></div>
<ol id="options"></ol>
<p id="keys"></p>
<p id="error" role="alert"></p>
</main>
<script type="module" src="/page.js"></script>
</body>
</html>
`;

/** Style of the page, light and dark. */
export const css = `:root { color-scheme: light dark; font: 18px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0.5rem auto; padding: 0 1rem; text-align: center; }
h1 { font-size: 1.4rem; margin: 0.5rem 0; }
p { margin: 0.3rem 0; }
#pictures { display: flex; gap: 2rem; justify-content: center; min-height: 18rem; }
#pictures figure { margin: 0; }
#pictures img { width: 18rem; height: 18rem; object-fit: contain; image-rendering: auto; background: #fff; }
#options { display: inline-block; columns: 2; column-gap: 4rem; text-align: left; padding-left: 2rem; }
#progress, #keys { color: GrayText; }
#error { color: #c00; }
kbd { border: 1px solid GrayText; border-radius: 4px; padding: 0 0.4em; font: inherit; }
`;

/**
 * Script of the page: keys only. The token is in the address's fragment, which no server and no log sees; the tab remembers it, so that
 * the page can be loaded again.
 */
export const script = `const token = location.hash.slice(1) || (sessionStorage.getItem("token") ?? "");
sessionStorage.setItem("token", token);
history.replaceState(null, "", location.pathname);
const element = (id) => document.getElementById(id);
let current;
let shownAt = 0;
let busy = true;
let urls = [];

async function call(path, body) {
  const response = await fetch(path, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      Authorization: "Bearer " + token,
      ...(body !== undefined && { "Content-Type": "application/json" }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.ok) return response;
  const { error } = await response.json().catch(() => ({ error: { message: response.statusText } }));
  throw new Error(error.message);
}

function textElement(name, text) {
  const node = document.createElement(name);
  node.textContent = text;
  return node;
}

async function show() {
  busy = true;
  for (const url of urls) URL.revokeObjectURL(url);
  urls = [];
  const { question, total } = await (await call("/api/question")).json();
  current = question ?? undefined;
  element("pictures").replaceChildren();
  element("options").replaceChildren();
  if (!current) {
    element("question").textContent = "Done. Thank you.";
    element("progress").textContent = total + " of " + total;
    element("keys").textContent = "Backspace takes the last answer back. You can close this page.";
    busy = false;
    return;
  }
  const figures = [];
  for (let place = 0; place < current.pictures; place++) {
    const blob = await (await call("/api/pictures/" + current.trial + "/" + place)).blob();
    const url = URL.createObjectURL(blob);
    urls.push(url);
    const image = document.createElement("img");
    image.src = url;
    image.alt = "picture " + (place + 1);
    const figure = document.createElement("figure");
    figure.append(image);
    if (current.pictures > 1) figure.append(textElement("figcaption", place === 0 ? "← left" : "right →"));
    figures.push(figure);
  }
  element("pictures").replaceChildren(...figures);
  element("progress").textContent = current.answered + " of " + current.total;
  if (current.kind === "choice") {
    element("question").textContent = "Which shows “" + current.prompt + "” better?";
    element("keys").textContent = "← or 1: left. → or 2: right. 0: cannot tell. Backspace: undo.";
  } else {
    element("question").textContent = "What is it?";
    element("options").replaceChildren(...current.options.map((option) => textElement("li", option)));
    element("keys").textContent = "1 to " + current.options.length + ": the option. 0: cannot tell. Backspace: undo.";
  }
  shownAt = performance.now();
  busy = false;
}

function choiceOf(key) {
  if (key === "0") return null;
  const count = current.kind === "choice" ? 2 : current.options.length;
  if (current.kind === "choice" && key === "ArrowLeft") return 0;
  if (current.kind === "choice" && key === "ArrowRight") return 1;
  return /^[1-8]$/.test(key) && Number(key) <= count ? Number(key) - 1 : undefined;
}

addEventListener("keydown", async (event) => {
  if (busy || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  const undo = event.key === "Backspace";
  const choice = undo || !current ? undefined : choiceOf(event.key);
  if (!undo && choice === undefined) return;
  event.preventDefault();
  busy = true;
  element("error").textContent = "";
  try {
    if (undo) await call("/api/undo", {});
    else
      await call("/api/answers", {
        trial: current.trial,
        choice,
        seconds: (performance.now() - shownAt) / 1000,
      });
    await show();
  } catch (error) {
    element("error").textContent = error.message;
    busy = false;
  }
});

show().catch((error) => {
  element("question").textContent = "This page cannot continue.";
  element("error").textContent = error.message;
});
`;
