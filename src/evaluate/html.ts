import { escapeXml } from "../images/index.js";

const renderInline = (text: string): string => escapeXml(text).replace(/`([^`]*)`/g, "<code>$1</code>");

const style =
  "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}" +
  "table{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}" +
  "td,th{border:1px solid #ccc;padding:.25rem .6rem;text-align:left}td+td{white-space:nowrap}figure{margin:1rem 0}" +
  "svg{max-width:100%;height:auto}code{background:#f2f2f2}";

function renderTable(lines: readonly string[]): string {
  const renderCells = (line: string): string[] =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => renderInline(cell.trim().replaceAll("\\|", "|")));
  const renderRow = (line: string, tag: string): string =>
    `<tr>${renderCells(line)
      .map((cell) => `<${tag}>${cell}</${tag}>`)
      .join("")}</tr>`;
  const [head, , ...bodyLines] = lines;
  return `<table>${renderRow(head!, "th")}${bodyLines.map((line) => renderRow(line, "td")).join("")}</table>`;
}

/**
 * Renders a report as one self-contained HTML page.
 * @param markdown blocks separated by blank lines: a heading, a paragraph, a table or a picture each; code only inline.
 * @param plots trusted SVG texts by the address in `![alt](address)`, inserted as they are; a missing one shows its alt text.
 */
export function renderHtmlPage(markdown: string, plots: Readonly<Record<string, string>>): string {
  const blocks = markdown
    .trim()
    .split(/\n\n+/)
    .map((block) => {
      const [, marks, title] = /^(#{1,6}) (.*)$/.exec(block) ?? [];
      if (marks !== undefined) return `<h${marks.length}>${renderInline(title!)}</h${marks.length}>`;
      const [, alt, name] = /^!\[(.*)\]\((.*)\)$/.exec(block) ?? [];
      if (name !== undefined) return `<figure>${plots[name] ?? renderInline(alt!)}</figure>`;
      return block.startsWith("|") ? renderTable(block.split("\n")) : `<p>${renderInline(block)}</p>`;
    });
  const title = escapeXml(/^# (.*)$/m.exec(markdown)?.[1] ?? "Report");
  return (
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${style}</style></head>` +
    `<body>\n${blocks.join("\n")}\n</body></html>\n`
  );
}
