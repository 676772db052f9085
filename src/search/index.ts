export { createSearcher, encodeQuery, type Hit, type Query, type QueryTerm, type Searcher } from "./query.js";
export { createNeighbourSearcher, type NeighbourEngine, neighbourEngines } from "./neighbours.js";
export {
  indexFile,
  type IndexEntry,
  type IndexHeader,
  readIndex,
  type VectorIndex,
  writeIndex,
} from "./store.js";
export { openIndex, type OpenedIndex, openSearcher, queryTerms, searchEngines } from "./open.js";
export { explainDoubt } from "./noMatch.js";
export { saveHitSheet } from "./sheet.js";
export { describeIndex, type IndexProgress, type IndexReport, requireModel, updateIndex } from "./update.js";
