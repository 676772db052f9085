"""The layers that the benchmarked models share, in plain PyTorch. Weights are named and laid out as clipsteer's: dense
[in, out], convolutions [rows, columns, in, out]; pictures are [batch, channels, height, width] in here."""

import math

import torch
import torch.nn.functional as F


class Scope:
    """Weights whose names begin with a prefix."""

    def __init__(self, tensors, prefix=""):
        self.tensors, self.prefix = tensors, prefix

    def __call__(self, name):
        return self.tensors[self.prefix + name]

    def at(self, name):
        return Scope(self.tensors, f"{self.prefix}{name}.")

    def has(self, name):
        return self.prefix + name in self.tensors


def dense(p, x):
    y = x @ p("weight")
    return y + p("bias") if p.has("bias") else y


def conv(p, x):
    weight = p("weight").permute(3, 2, 0, 1)
    return F.conv2d(x, weight, p("bias") if p.has("bias") else None, padding=weight.shape[-1] // 2)


def layer_norm(p, x):
    return F.layer_norm(x, (x.shape[-1],), p("gain"), p("bias"), 1e-5)


def unit_scale(x):
    axes = tuple(range(1, x.dim()))
    return x * torch.rsqrt(x.square().mean(axes, keepdim=True) + 1e-5)


def sample_norm(p, x):
    return unit_scale(x) * p("gain").view(1, -1, 1, 1) + p("bias").view(1, -1, 1, 1)


def unit_rows(x):
    return x * torch.rsqrt(x.square().sum(-1, keepdim=True) + 1e-12)


def quick_gelu(x):
    return x * torch.sigmoid(1.702 * x)


def leaky(x):
    return F.leaky_relu(x, 0.2)


def block(p, x, heads, causal=False):
    batch, tokens, width = x.shape
    parts = dense(p.at("attention.in"), layer_norm(p.at("norm1"), x)).chunk(3, -1)
    q, k, v = (part.view(batch, tokens, heads, -1).transpose(1, 2) for part in parts)
    seen = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    x = x + dense(p.at("attention.out"), seen.transpose(1, 2).reshape(batch, tokens, width))
    return x + dense(p.at("mlp.out"), quick_gelu(dense(p.at("mlp.in"), layer_norm(p.at("norm2"), x))))


def cells_first(x, factor):
    """Blocks of pixels become channels, row of the block first, then column, then channel."""
    batch, channels, height, width = x.shape
    cells = x.view(batch, channels, height // factor, factor, width // factor, factor)
    return cells.permute(0, 3, 5, 1, 2, 4).reshape(batch, factor * factor * channels, height // factor, -1)


def cells_back(x, factor):
    """The inverse of `cells_first`."""
    batch, channels, height, width = x.shape
    cells = x.view(batch, factor, factor, channels // factor**2, height, width)
    return cells.permute(0, 3, 4, 1, 5, 2).reshape(batch, -1, height * factor, width * factor)


def adam(weights, grads, first, second, s, beta1, beta2, epsilon, decay=0.0, clip=1.0):
    """One update with the global norm clipped; `s` holds the schedule. Returns the norm."""
    norm = torch.sqrt(sum(g.square().sum() for g in grads))
    grads = torch._foreach_mul(grads, torch.clamp(clip / (norm + 1e-6), max=1.0))
    first = torch._foreach_add(torch._foreach_mul(first, beta1), torch._foreach_mul(grads, 1 - beta1))
    squares = torch._foreach_mul(torch._foreach_mul(grads, grads), 1 - beta2)
    second = torch._foreach_add(torch._foreach_mul(second, beta2), squares)
    under = torch._foreach_add(torch._foreach_sqrt(torch._foreach_mul(second, s["root"])), epsilon)
    step = torch._foreach_div(torch._foreach_mul(first, s["rate"]), under)
    kept = [w * (1 - s["decay"] * decay) if decay and w.dim() > 1 else w for w in weights]
    return torch._foreach_sub(kept, step), first, second, norm
