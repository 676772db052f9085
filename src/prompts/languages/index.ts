export { translate, type Translation } from "./translate.js";
