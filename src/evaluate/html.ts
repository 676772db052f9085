const escaped = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

const inline = (text: string): string => escaped(text).replace(/`([^`]*)`/g, "<code>$1</code>");

const style =
  "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}" +
  "table{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}" +
  "td,th{border:1px solid #ccc;padding:.25rem .6rem;text-align:left}td+td{white-space:nowrap}figure{margin:1rem 0}" +
  "svg{max-width:100%;height:auto}code{background:#f2f2f2}";

function table(lines: readonly string[]): string {
  const cells = (line: string): string[] =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => inline(cell.trim().replaceAll("\\|", "|")));
  const row = (line: string, tag: string): string =>
    `<tr>${cells(line)
      .map((cell) => `<${tag}>${cell}</${tag}>`)
      .join("")}</tr>`;
  const [head, , ...rest] = lines;
  return `<table>${row(head!, "th")}${rest.map((line) => row(line, "td")).join("")}</table>`;
}

/**
 * A report as one self-contained HTML page.
 * @param markdown the subset that reports use: headings, paragraphs, tables, code and pictures, a block each.
 * @param plots SVG texts by picture name.
 */
export function htmlPage(markdown: string, plots: Readonly<Record<string, string>>): string {
  const blocks = markdown
    .trim()
    .split(/\n\n+/)
    .map((block) => {
      const [, marks, title] = /^(#{1,6}) (.*)$/.exec(block) ?? [];
      if (marks !== undefined) return `<h${marks.length}>${inline(title!)}</h${marks.length}>`;
      const [, alt, name] = /^!\[(.*)\]\((.*)\)$/.exec(block) ?? [];
      if (name !== undefined) return `<figure>${plots[name] ?? inline(alt!)}</figure>`;
      return block.startsWith("|") ? table(block.split("\n")) : `<p>${inline(block)}</p>`;
    });
  const title = escaped(/^# (.*)$/m.exec(markdown)?.[1] ?? "Report");
  return (
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${style}</style></head>` +
    `<body>\n${blocks.join("\n")}\n</body></html>\n`
  );
}
