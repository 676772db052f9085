/**
 * Seconds of processor time that work takes in this process. Unlike the time of a clock it is about the same while other
 * programs keep the machine busy.
 */
export async function cpuSeconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
