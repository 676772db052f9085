export type { RegionPicture } from "./regions.js";
export { type SvgOptions, svgOf } from "./svg.js";
