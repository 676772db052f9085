export { readSafetensors, type SafetensorsFile, writeSafetensors } from "./safetensors.js";
