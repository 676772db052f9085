"""Photographs prepared for CLIP as Pillow does it: python pixels.py <folder of photographs> <file.safetensors> [count]

For pixels.ts. Of each: its pixels, those of CLIP (short side 224, middle cut out), of SigLIP (both sides 224), and a square of 400
pixels with its 224.
"""

import pathlib
import sys

import numpy as np
from PIL import Image
from safetensors.numpy import save_file

source, out, count = (*sys.argv[1:], "1000")[:3]
N = 224
rows = {}
paths = sorted(path for path in pathlib.Path(source).iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
for index, path in enumerate(paths[: int(count)]):
    image = Image.open(path).convert("RGB")
    width, height = image.size
    size = (N, int(N * height / width)) if width <= height else (int(N * width / height), N)
    left, top = round((size[0] - N) / 2), round((size[1] - N) / 2)
    clip = image.resize(size, Image.BICUBIC).crop((left, top, left + N, top + N))
    made = {"photo": image, "clip": clip, "siglip": image.resize((N, N), Image.BICUBIC)}
    if min(width, height) >= 400:
        made["square"] = image.crop((0, 0, 400, 400))
        made["small"] = made["square"].resize((N, N), Image.BICUBIC)
    rows |= {f"{index}.{key}": np.array(value) for key, value in made.items()}
save_file(rows, out)
