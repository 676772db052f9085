export type { RegionPicture } from "./regions.js";
export { type SvgOptions, renderSvg } from "./svg.js";
