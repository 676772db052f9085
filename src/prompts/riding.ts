import { isPerson, isStanding } from "./people.js";
import { isBeing } from "./states.js";

/** Vehicles on which riders sit, and whose drawings show them from the side. */
const seatedVehicles =
  /\b(?:moped|scooter|vespa|motorcycle|motorbike|dirt bike|bicycle|bike|tricycle|unicycle|penny farthing|lawn ?mower|snowmobile|jet ski|quad bike|sled|sledge|sleigh|rocking horse|carousel horse|tractor|rocket|broom|broomstick)$/;
/** Vehicles on which riders stand. */
const stoodOn = /\b(?:kick|electric|toy) scooter$/;

/** First word of the names of boards that lie level, seen from the side: `ridden skateboard`. Their emoji show them at an angle, or from above. */
export const ridden = "ridden";

/** Tells whether a vehicle is ridden sitting, and seen from the side. */
export const isSeatedVehicle = (text: string): boolean => seatedVehicles.test(text) && !stoodOn.test(text);

/** Tells whether an animal or a vehicle is ridden sitting. */
export const isRiddenSitting = (text: string): boolean =>
  isSeatedVehicle(text) || (isBeing(text) && !isPerson(text) && !isStanding(text));
