import type { Engine } from "./engine.js";
import type { StudioFolders } from "./folders.js";
import type { Gallery } from "./gallery.js";
import type { Hub } from "./hub.js";
import type { PictureFolders } from "./pictureFolders.js";
import type { Runs } from "./runs.js";
import type { AccessRules } from "./security.js";
import type { Uploads } from "./uploads.js";

/** Dependencies of the routes. */
export interface StudioParts {
  readonly folders: StudioFolders;
  /** Further folders of pictures that requests may name. */
  readonly pictureFolders: PictureFolders;
  /** How to start the studio with a further folder of pictures. */
  readonly pictureHelp?: string | undefined;
  readonly access: AccessRules;
  /** Password that gives the token, where the server is bound to the network. */
  readonly password?: string | undefined;
  readonly engine: Engine;
  readonly runs: Runs;
  readonly gallery: Gallery;
  readonly uploads: Uploads;
  readonly hub: Hub;
  /** Seconds without a byte of a request's body after which it is given up. */
  readonly bodyPatience: number;
  /** Folder of the built page. */
  readonly page: string;
}
