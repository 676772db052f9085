/** Runs the command line with its arguments. */
export async function main(_argv: string[]): Promise<void> {
  await Promise.resolve();
}
