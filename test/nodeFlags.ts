/** Options of Node for processes of tests, which take less processor time with them. */
export const nodeFlags: readonly string[] = [
  // Buffers of pictures and weights make V8 mark the whole heap step by step after every 64 MB of them, which took a quarter of the
  // time of tests that edit pictures. Marking it at once takes less.
  "--no-incremental-marking",
  // Each process has one core: helper threads of the collector only wait for each other, and a larger young generation is collected
  // less often; both together take a twentieth less.
  "--single-threaded-gc",
  "--max-semi-space-size=32",
  // Functions are optimised eight times later than usual, since most run a few times: another twentieth less.
  "--interrupt-budget=1000000",
];
