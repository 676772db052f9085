"""Full-size generators with random weights, as the reference code computes them: picture, gradient, time and memory.

    python generators.py <kind> <checkout of its project> <folder> [side, default 256] [double|sides] [narrow] [seed=0]
with kind stylegan2, stylegan3t, stylegan3r, biggan or vqgan (projects: test/fixtures/gan/make.py) writes
<folder>/<kind>-<side>.safetensors and <kind>-<side>.expected.safetensors for generators.ts; with `double` it also says how far the
reference in float32 is from itself in float64, and keeps those results too; `narrow` makes a StyleGAN3 with 64 channels at most.
`sides`, for a StyleGAN3 when `generators.ts … sides` has run: how far both in float32, the reference and ours, are from the
reference in float64, alone and on the same sides of the rectifiers (rectifiers.py).
"""

import resource
import sys
import time
import types

import numpy as np
import torch
from packaging.version import parse
from safetensors.torch import load_file, save_file

kind, checkout, folder, *more = sys.argv[1:]
SIDE = next((int(each) for each in more if each.isdigit()), 256)
SEED = next((int(each[5:]) for each in more if each.startswith("seed=")), 0)
torch.set_num_threads(2)
sys.path.insert(0, checkout)
sys.modules.setdefault("requests", types.ModuleType("absent"))
sys.modules.setdefault("pkg_resources", types.SimpleNamespace(parse_version=parse))
torch.manual_seed(SEED)


def nhwc(image):
    return image.permute(0, 2, 3, 1)


class Clamp(torch.autograd.Function):
    """To [-1, 1] as ours: the gradient passes outside too, where it leads back in."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return x.clamp(-1, 1)

    @staticmethod
    def backward(context, dy):
        (x,) = context.saved_tensors
        return dy * (dy * (x - x.clamp(-1, 1)) >= 0)


def stylegan(net, last, **options):
    """Noise strengths, biases and scales away from 0 and 1, so that a forgotten one shows; pictures mostly inside [-1, 1]."""
    generator = torch.Generator().manual_seed(1)
    for name, value in (*net.named_parameters(), *net.named_buffers()):
        noise = torch.rand(value.shape, generator=generator)
        if "noise_strength" in name or (name.endswith("bias") and "affine" not in name and "mapping" not in name):
            value.data = 0.2 * (noise - 0.5)
        elif name.endswith("magnitude_ema"):
            value.data = 0.5 + noise
        elif last in name and name.endswith("weight") and "affine" not in name:
            value.data *= 0.15
    ws = torch.randn([1, net.num_ws, net.w_dim], generator=generator)
    return ws, lambda at: nhwc(net.synthesis(at, force_fp32=True, **options))


def stylegan2():
    from training.networks import Generator

    net = Generator(512, 0, 512, SIDE, 3, synthesis_kwargs={"channel_base": 32768 if SIDE > 256 else 16384, "conv_clamp": 256})
    return net, *stylegan(net, "torgb", noise_mode="const")


def stylegan3(wide, **settings):
    from training.networks_stylegan3 import Generator

    base = (32768 if SIDE > 256 else 16384) * wide
    most = 64 if "narrow" in more else 512 * wide
    net = Generator(512, 0, 512, SIDE, 3, mapping_kwargs={"num_layers": 2}, channel_base=base, channel_max=most, **settings)
    return net, *stylegan(net, f"L14_{SIDE}")


def biggan():
    sys.modules["boto3"] = sys.modules["botocore"] = types.ModuleType("absent")
    sys.modules["botocore.exceptions"] = types.SimpleNamespace(ClientError=Exception)
    from pytorch_pretrained_biggan.config import BigGANConfig
    from pytorch_pretrained_biggan.model import BigGAN

    layers = [(i % 2 == 1, wide, out) for i, (wide, out) in enumerate(  # of the published 256×256 model
        [(16, 16), (16, 16), (16, 16), (16, 8), (8, 8), (8, 8), (8, 8), (8, 4), (4, 4), (4, 2), (2, 2), (2, 1)])]
    net = BigGAN(BigGANConfig(output_dim=256, layers=layers, attention_layer_position=8))
    generator = torch.Generator().manual_seed(1)
    for name, value in (*net.named_parameters(), *net.named_buffers()):
        noise = torch.rand(value.shape, generator=generator)
        if "running_vars" in name:
            value.data = 0.5 + noise
        elif "running_means" in name or name.endswith("bias"):
            value.data = 0.6 * (noise - 0.5)
        elif name.endswith("bn.weight") or name.endswith("gamma"):
            value.data = 0.8 + 0.4 * noise
        elif value.ndim >= 2:
            value.data = 2 * (noise - 0.5)
    u = torch.randn([1, 128 + 1000], generator=generator)
    classes = lambda at: torch.softmax(5 * at[:, 128:], 1)  # noqa: E731
    with torch.no_grad():
        for _ in range(3):  # singular vectors of the random weights
            net.train()(u[:, :128], classes(u), 1.0)
    return net, u, lambda at: nhwc(net(at[:, :128], classes(at), 1.0))


def vqgan():
    sys.modules["pytorch_lightning"] = types.SimpleNamespace(LightningModule=torch.nn.Module)
    sys.modules["main"] = types.SimpleNamespace(instantiate_from_config=lambda config: torch.nn.Identity())
    # All that it asks of einops.
    turn = {"b c h w -> b h w c": (0, 2, 3, 1), "b h w c -> b c h w": (0, 3, 1, 2), "n d -> d n": (1, 0)}
    sys.modules.setdefault("einops", types.SimpleNamespace(rearrange=lambda x, how: x.permute(*turn[how])))
    from taming.models.vqgan import VQModel

    shape = {"ch": 128, "ch_mult": [1, 1, 2, 2, 4], "num_res_blocks": 2, "attn_resolutions": [16], "in_channels": 3,
             "out_ch": 3, "resolution": 256, "z_channels": 256, "double_z": False, "dropout": 0.0}
    net = VQModel(shape, None, 16384, 256)
    with torch.no_grad():
        net.quantize.embedding.weight.normal_()
    grid = torch.randn([1, SIDE // 16, SIDE // 16, 256], generator=torch.Generator().manual_seed(1))
    return net, grid, lambda at: nhwc(net.decode(net.quantize(at.permute(0, 3, 1, 2))[0]))


kinds = {
    "stylegan2": stylegan2,
    "stylegan3t": lambda: stylegan3(1),
    "stylegan3r": lambda: stylegan3(2, conv_kernel=1, use_radial_filters=True),
    "biggan": biggan,
    "vqgan": vqgan,
}
net, latents, make = kinds[kind]()
net = net.eval().requires_grad_(False)
path = f"{folder}/{kind}-{SIDE}"
prefix = "state_dict." if kind == "vqgan" else ""
save_file({prefix + k: v.detach().clone().contiguous() for k, v in net.state_dict().items()}, f"{path}.safetensors")


def step(dtype=torch.float32):
    at = latents.to(dtype).requires_grad_(True)
    picture = Clamp.apply(make(at))
    look = np.cos(np.arange(picture.numel(), dtype=np.float64) * 0.37).astype(np.float32)
    look = torch.from_numpy(look).reshape(picture.shape).to(dtype)
    return picture.detach(), torch.autograd.grad((picture * look).sum(), at)[0]


def exactly():
    """From here on the reference computes in float64."""

    class Torch:
        """torch, whose float32 is float64: NVIDIA's code names the type."""

        def __getattr__(self, name):
            return torch.float64 if name == "float32" else getattr(torch, name)

    for name, module in list(sys.modules.items()):
        if name.startswith(("training.", "torch_utils.ops.")):
            module.torch = Torch()
    torch.set_default_dtype(torch.float64)
    net.double()


def apart(got, exact):
    """The largest difference as a part of the largest value, and the lengths' (of all values as one vector)."""
    return f"{((got - exact).abs().max() / exact.abs().max()).item():.1e} (length {((got - exact).norm() / exact.norm()).item():.1e})"


def compare_on_sides():
    from rectifiers import Rectifiers

    ours = load_file(f"{path}.ours.safetensors")
    rectifiers = Rectifiers(net.synthesis)
    rectifiers.seen = {}
    runs = {"the reference": step()}
    sides = {"the reference": rectifiers.seen}
    rectifiers.seen = None
    runs["ours"] = ours["picture"], ours["gradient"]
    sides["ours"] = {int(name[5:]): side.permute(0, 3, 1, 2) for name, side in ours.items() if name.startswith("side.")}
    exactly()
    alone = step(torch.float64)
    for who, run in runs.items():
        rectifiers.sides = sides[who]
        same = step(torch.float64)
        print(f"  {who} in float32, beside the reference in float64: on the other side at {rectifiers.told()}")
        for what, got, free, forced in zip(("picture", "gradient"), run, alone, same):
            print(f"    {what}: {apart(got, free)}; on the same sides {apart(got, forced)}", flush=True)


if "sides" in more:
    compare_on_sides()
    sys.exit()
began = time.perf_counter()
picture, gradient = step()
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
results = {"latents": latents, "picture": picture.contiguous(), "gradient": gradient.contiguous()}
save_file(results, f"{path}.expected.safetensors")
weights = sum(value.numel() for value in net.parameters())
print(f"{kind} {SIDE}: {weights / 1e6:.1f} million weights, {seconds:.1f} s per picture with its gradient, peak {peak:.0f} MB", flush=True)
if "double" in more:
    exactly()
    for key, exact in zip(("picture", "gradient"), step(torch.float64)):
        print(f"  {key}: float32 is {apart(results[key], exact)} from float64", flush=True)
        results[f"{key}64"] = exact.to(results[key].dtype).contiguous()
    save_file(results, f"{path}.expected.safetensors")
