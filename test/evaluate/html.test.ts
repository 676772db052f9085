import { describe, expect, it } from "vitest";
import { renderHtmlPage } from "../../src/evaluate/html.js";
import { renderIntervalPlot, renderMarkdownTable } from "../../src/evaluate/index.js";

describe("a report as HTML", () => {
  it("holds headings, tables, code and plots, and lets no text become markup", () => {
    const plot = renderIntervalPlot(
      [{ label: "a < b", estimate: { mean: 0.5, low: 0.4, high: 0.6, samples: 10 } }],
      { title: "t" },
    );
    const markdown = [
      "# Report of <me>",
      "Data: `a<b` & more.",
      renderMarkdownTable(["label", "rate"], [["cat|dog", "<b>1</b>"]]),
      "![plot](plot.svg)",
    ].join("\n\n");
    const page = renderHtmlPage(markdown, { "plot.svg": plot });
    expect(page).toContain("<title>Report of &lt;me&gt;</title>");
    expect(page).toContain("<h1>Report of &lt;me&gt;</h1>");
    expect(page).toContain("<p>Data: <code>a&lt;b</code> &amp; more.</p>");
    expect(page).toContain("<tr><td>cat|dog</td><td>&lt;b&gt;1&lt;/b&gt;</td></tr>");
    expect(page).toContain(`<figure>${plot}</figure>`);
    expect(page.match(/<svg/g)).toHaveLength(1);
  });
});
