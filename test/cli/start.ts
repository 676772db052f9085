// Runs the command line from its source, as bin/clipsteer.js does from the build.
import { main } from "../../src/cli/main.js";

process.exitCode = await main(process.argv.slice(2));
