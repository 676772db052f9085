export {
  appendText,
  type AtomicFile,
  cleanFolder,
  createAtomicFile,
  choosePartPath,
  openForWriting,
  removeStaleParts,
  syncFolder,
  explainUnwritable,
  writeAt,
  writeFileAtomic,
} from "./atomic.js";
export { type CacheOptions, openCacheFolder, findUserCacheFolder } from "./cacheFolder.js";
export { hashSha256 } from "./hash.js";
export { parseJson } from "./json.js";
export { type Environment, makeFolder, makeOutputFolder } from "./makeFolder.js";
export { createScratchFolder, removeStaleScratch } from "./scratch.js";
export { parseTable, type Table, type TableRow } from "./table.js";
export {
  openPlainFile,
  readPlainFile,
  readTextFile,
  decodeText,
  type TextOptions,
  explainUnreadable,
} from "./text.js";
export { readLines, readList, splitList } from "./lines.js";
export { parseYaml, requireShallowYaml, loadYaml } from "./yaml.js";
export { acquireLock, type Lock, type LockOptions, removeAbandonedLock, runLocked } from "./lock.js";
