/** Shapes of a file's tensors, by name. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** Counts how many numbered parts there are of a name, by the largest number. */
function countParts(shapes: Shapes, pattern: RegExp): number {
  let most = -1;
  for (const name of shapes.keys()) most = Math.max(most, Number(pattern.exec(name)?.[1] ?? -1));
  return most + 1;
}

/** Finds the shape of the first tensor whose name fits; empty if there is none. */
function findShape(shapes: Shapes, pattern: RegExp): readonly number[] {
  for (const [name, shape] of shapes) if (pattern.test(name)) return shape;
  return [];
}

const formatLayers = (count: number, width: number | undefined): string =>
  `${count} ${count === 1 ? "layer" : "layers"} of ${width}`;

function describeClipSizes(shapes: Shapes): string[] {
  const [width, , patch] = findShape(
    shapes,
    /(^|\.)(visual\.conv1|patch_embedding|patch_embed\.proj)\.weight$/,
  );
  const [places = 0] = findShape(
    shapes,
    /^visual\.positional_embedding$|^vision_model\..*position_embedding\.weight$/,
  );
  const layers = countParts(
    shapes,
    /(?:visual\.transformer\.resblocks|vision_model\.encoder\.layers)\.(\d+)\./,
  );
  const hasClass = [...shapes.keys()].some((name) => /class_embedding$/.test(name));
  const side = patch && places > 0 ? Math.round(patch * Math.sqrt(places - (hasClass ? 1 : 0))) : 0;
  const [vocabulary, textWidth] = findShape(shapes, /token_embedding\.weight$/);
  const [context] = findShape(
    shapes,
    /^(text\.)?positional_embedding$|^text_model\..*position_embedding\.weight$/,
  );
  const textLayers = countParts(
    shapes,
    /^(?:text\.)?(?:transformer\.resblocks|text_model\.encoder\.layers)\.(\d+)\./,
  );
  return [
    ...(layers > 0 ? [`${formatLayers(layers, width)}, patches of ${patch} px`] : []),
    ...(side > 0 ? [`pictures of ${side} px`] : []),
    ...(textWidth
      ? [`text: ${formatLayers(textLayers, textWidth)}, ${context} of ${vocabulary} tokens`]
      : []),
  ];
}

const makeStyleGanReader =
  (resolution: (shapes: Shapes) => number, style: RegExp) =>
  (shapes: Shapes): string[] => [
    `pictures of ${resolution(shapes)} px`,
    `styles of ${findShape(shapes, style)[0]}`,
  ];

function describeVqganSizes(shapes: Shapes): string[] {
  const [codes, size] = findShape(shapes, /quantize\.embed(ding)?\.weight$/);
  const levels = Math.max(
    countParts(shapes, /(?:^|\.)decoder\.up\.(\d+)\./),
    countParts(shapes, /(?:^|\.)decoder\.up_blocks\.(\d+)\./),
  );
  return [`${codes} codes of ${size}`, `one for ${2 ** (levels - 1)}×${2 ** (levels - 1)} px`];
}

/** Lists the sides of 4, 8, …: one more for every entry of rosinality's list of colours. */
const listDoublings = (shapes: Shapes): number => 4 * 2 ** countParts(shapes, /(?:^|\.)to_rgbs\.(\d+)\./);

const readers: readonly (readonly [kind: RegExp, read: (shapes: Shapes) => string[]])[] = [
  [
    /^StyleGAN3/,
    makeStyleGanReader((shapes) => countParts(shapes, /L\d+_(\d+)_3\.weight$/) - 1, /mapping\.fc0\.weight$/),
  ],
  [
    /^StyleGAN2 \(NVIDIA/,
    makeStyleGanReader(
      (shapes) => countParts(shapes, /synthesis\.b(\d+)\.torgb\.weight$/) - 1,
      /mapping\.fc0\.weight$/,
    ),
  ],
  [/^StyleGAN2 \(rosinality/, makeStyleGanReader(listDoublings, /(^|\.)style\.1\.weight$/)],
  [
    /^BigGAN/,
    (shapes) => {
      const [noise, classes] = findShape(shapes, /(^|\.)embeddings\.weight$/);
      return [`${classes} classes`, `noise of ${noise}`];
    },
  ],
  [/^VQGAN/, describeVqganSizes],
  [/CLIP/, describeClipSizes],
];

/** Describes the sizes of an architecture in words, from its shapes. */
export function describeSizes(architecture: string | undefined, shapes: Shapes): string | undefined {
  const read = readers.find(([kind]) => kind.test(architecture ?? ""))?.[1];
  return read?.(shapes).join("; ") || undefined;
}
