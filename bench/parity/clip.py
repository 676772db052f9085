"""Full-size CLIPs with random weights, as the reference code computes them: outputs, gradient, time and memory.

    python clip.py <checkout of openai/CLIP> <folder> <views> <rounds> [ViT-B/32 RN50 ViT-L/14 ...]
writes <folder>/<name>.safetensors and <name>.expected.safetensors for clip.ts, and prints time and peak memory.
"""

import resource
import sys
import time
from importlib.machinery import SourceFileLoader

import numpy as np
import torch
from safetensors.torch import save_file

checkout, folder, views, rounds, *wanted = sys.argv[1:]
reference = SourceFileLoader("openai_model", f"{checkout}/clip/model.py").load_module()
SHAPES = {  # features, side, layers, width, patch, text width, text heads, text layers: openai/CLIP's published models
    "ViT-B/32": (512, 224, 12, 768, 32, 512, 8, 12),
    "ViT-B/16": (512, 224, 12, 768, 16, 512, 8, 12),
    "ViT-L/14": (768, 224, 24, 1024, 14, 768, 12, 12),
    "ViT-L/14@336px": (768, 336, 24, 1024, 14, 768, 12, 12),
    "RN50": (1024, 224, (3, 4, 6, 3), 64, None, 512, 8, 12),
    "RN101": (512, 224, (3, 4, 23, 3), 64, None, 512, 8, 12),
    "RN50x4": (640, 288, (4, 6, 10, 6), 80, None, 640, 10, 12),
    "RN50x16": (768, 384, (6, 8, 18, 8), 96, None, 768, 12, 12),
    "RN50x64": (1024, 448, (3, 15, 36, 10), 128, None, 1024, 16, 12),
}
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])
DEVIATION = torch.tensor([0.26862954, 0.26130258, 0.27577711])
VIEWS, ROUNDS = int(views), int(rounds)

for name in wanted or ["ViT-B/32", "RN50"]:
    features, side, layers, width, patch, text_width, heads, text_layers = SHAPES[name]
    torch.manual_seed(0)
    model = reference.CLIP(features, side, layers, width, patch, 77, 49408, text_width, heads, text_layers).float().eval()
    generator = torch.Generator().manual_seed(1)
    for key, value in (*model.named_parameters(), *model.named_buffers()):
        if value.ndim == 1 and value.is_floating_point():  # norms and biases away from 1 and 0
            noise = torch.rand(value.shape, generator=generator)
            zero = key.endswith("bn3.weight")  # starts at 0 in the reference: nothing would pass
            value.data = noise + 0.5 if key.endswith(("weight", "running_var")) or zero else 0.1 * (noise - 0.5)
    path = f"{folder}/{name.replace('/', '-')}"
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, f"{path}.safetensors")
    at = np.arange(VIEWS * side * side * 3, dtype=np.float64)
    pictures = torch.from_numpy((0.5 + 0.5 * np.sin(at * 0.37 + np.sin(at * 0.0011) * 9)).astype(np.float32))
    pictures = pictures.reshape(VIEWS, side, side, 3).requires_grad_(True)
    tokens = torch.zeros((2, 77), dtype=torch.long)
    tokens[0, :5] = torch.tensor([49406, 320, 736, 1929, 49407])
    tokens[1, :3] = torch.tensor([49406, 2368, 49407])

    def step():
        pictures.grad = None
        image = model.encode_image(((pictures - MEAN) / DEVIATION).permute(0, 3, 1, 2))
        (image * torch.cos(torch.arange(image.numel(), dtype=torch.float32)).reshape(image.shape)).sum().backward()
        return image

    for parameter in model.parameters():
        parameter.requires_grad_(False)
    image = step()
    seconds = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - begin)
    with torch.no_grad():
        text = model.encode_text(tokens)
    save_file({"image": image.detach(), "text": text, "gradient": pictures.grad, "pictures": pictures.detach(),
               "tokens": tokens.to(torch.int32)}, f"{path}.expected.safetensors")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name}: {sorted(seconds)[ROUNDS // 2]:.3f} s a step of {VIEWS} views, peak {peak:.0f} MB", flush=True)
