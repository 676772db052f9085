/** The command line from its sources, with small packages (`smallPackages.ts`), for `commands.ts`. */
import { main } from "../../src/cli/main.js";
import { useSmallPackages } from "./smallPackages.js";

useSmallPackages();
process.exitCode = await main(process.argv.slice(2));
