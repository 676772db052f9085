export { createSearcher, encodeQuery, type Hit, type Query, type QueryTerm, type Searcher } from "./query.js";
export { createNeighbourSearcher, type NeighbourEngine, neighbourEngines } from "./neighbours.js";
export {
  indexFile,
  type IndexEntry,
  type IndexHeader,
  readIndex,
  type VectorIndex,
  writeIndex,
} from "./indexFile.js";
export { openIndex, type OpenedIndex, openSearcher, readQueryTerms, searchEngines } from "./open.js";
export { explainDoubt } from "./noMatch.js";
export { saveHitSheet } from "./sheet.js";
export { describeIndex, type IndexProgress, type IndexReport, requireModel, updateIndex } from "./update.js";
