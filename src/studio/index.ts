export { openStudio, type Studio, type StudioOptions } from "./server.js";
export { type AccessRules, guardRequests, requireToken } from "./security.js";
