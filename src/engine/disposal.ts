/** What holds memory until it is disposed of. */
interface Disposable {
  dispose(): Promise<void>;
}

/**
 * Disposes of programs that were opened. One that could not be opened holds nothing; its error was thrown where it was awaited, and is
 * not thrown again: it would hide what a run ended with.
 */
export async function disposeOpened(
  programs: Iterable<Promise<Disposable> | Disposable | undefined>,
): Promise<void> {
  const opened = await Promise.allSettled(programs);
  await Promise.all(opened.map((each) => (each.status === "fulfilled" ? each.value?.dispose() : undefined)));
}
