/** Returns a request's title for lists: its prompts, without weights. */
export function titleOfRequest(request: Readonly<Record<string, unknown>>): string {
  const words = [request.text, request.prompt].flatMap((each) =>
    Array.isArray(each) ? (each as string[]) : [],
  );
  const edits = Array.isArray(request.edits)
    ? (request.edits as { prompt: string }[]).map(({ prompt }) => prompt)
    : [];
  const scene = words.length === 0 ? (request.scene as { prompt?: string } | undefined)?.prompt : undefined;
  const title = [...words, ...edits, ...(scene === undefined ? [] : [scene])]
    .map((each) => each.replace(/::-?[\d.]+$/, "").trim())
    .filter(Boolean)
    .join(" · ");
  return title.slice(0, 300) || "prompt file";
}
