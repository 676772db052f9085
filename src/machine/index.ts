export { inspectMachine, type MachineReport, type PackPart, type Part } from "./inspect.js";
