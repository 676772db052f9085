import { largestBox } from "./faces.js";
import { type Prior, around, between, pin } from "./relate.js";
import { centreOf, contourBelow, heightOf, widthOf } from "./sprite.js";

/**
 * Containers whose inside a drawing shows only through its surface: closed ones, and those of glass. What is in them is drawn on the
 * surface.
 */
const surfaces =
  /\b(?:glass|bottle|jar|ball|bubble|thought balloon|speech balloon|bulb|window|mirror|picture|frame|screen|television|monitor|phone|house|home|castle|tent|box|package|cage|door|cave|locket|envelope|egg|shell|suitcase|oven|aquarium|bowl|sun|moon|heart)$/;

/** Whether things are drawn on the surface of a container rather than behind its rim. */
export const isSurface = (name: string): boolean => surfaces.test(name);

/** Highest point of an open container's rim, as a part of its height: above it are handles and taps. */
const lowestRim = 0.6;

/** A thing on the surface of a closed container, in its largest free box. */
export const onSurface: Prior = ({ subject, object }, [a, b, c]) => {
  const own = subject.box;
  const surface = Uint8Array.from(object.alpha, (alpha) => Number(alpha > 0.5));
  const free = largestBox(surface, object.side, widthOf(own) / heightOf(own)) ?? object.box;
  const scale = widthOf(own) / (widthOf(free) * between(0.62, 0.92, b));
  const from = {
    x: centreOf(free).x + around(0.05, c) * widthOf(free),
    y: centreOf(free).y + around(0.05, a) * heightOf(free),
  };
  return { object: pin(scale, from, centreOf(own)), front: "subject" };
};

/** A thing behind the front of an open container, its upper part visible. */
export const behindRim: Prior = ({ subject, object }, [a, b, c]) => {
  const [own, box] = [subject.box, object.box];
  const scale = (widthOf(own) * between(1.1, 1.5, b)) / widthOf(box);
  const half = 0.2 * widthOf(box);
  const middle = centreOf(box).x;
  const rim = Math.min(
    contourBelow(object, middle - half, middle + half),
    box.top + lowestRim * heightOf(box),
  );
  const to = {
    x: centreOf(own).x + around(0.08, c) * widthOf(own),
    y: own.bottom - between(0.26, 0.42, a) * heightOf(own),
  };
  return { object: pin(scale, { x: middle, y: rim }, to), front: "object" };
};
