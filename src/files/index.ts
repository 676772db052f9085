export {
  appendText,
  type AtomicFile,
  cleanFolder,
  createAtomicFile,
  newPart,
  openForWriting,
  removeStaleParts,
  syncFolder,
  unwritable,
  writeAt,
  writeFileAtomic,
} from "./atomic.js";
export { type CacheOptions, openCacheFolder, userCacheFolder } from "./cacheFolder.js";
export { parseJson } from "./json.js";
export { type Environment, makeFolder, makeOutputFolder } from "./makeFolder.js";
export { createScratchFolder, removeStaleScratch } from "./scratch.js";
export { parseTable, type Table, type TableRow } from "./table.js";
export { openPlainFile, readPlainFile, readTextFile, textIn, type TextOptions, unreadable } from "./text.js";
export { readLines, readList, splitList } from "./lines.js";
export { parseYaml, requireShallowYaml, yaml } from "./yaml.js";
export { acquireLock, type Lock, type LockOptions, withLock } from "./lock.js";
