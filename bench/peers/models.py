"""The benchmarked models and steps. Each `case` takes the shared tensors and returns a function that does one step and
gives the results by which it is compared."""

import math

import torch
import torch.nn.functional as F

from layers import (Scope, adam, block, cells_back, cells_first, conv, dense, layer_norm, leaky, quick_gelu, sample_norm,
                    unit_rows, unit_scale)


def to_planes(x):
    return x.permute(0, 3, 1, 2).contiguous()


def matmul(t, wrap):
    step = wrap(lambda a, b: (a @ b).sum(1))
    return lambda: {"trace": step(t["a"], t["b"])}


def vit_embed(p, views):
    """Embeddings of views [batch, 3, 224, 224] under ViT-B/32."""
    batch = views.shape[0]
    cells = views.reshape(batch, 3, 7, 32, 7, 32).permute(0, 2, 4, 3, 5, 1).reshape(batch, 49, -1)
    x = torch.cat([p("class").expand(batch, -1, -1), dense(p.at("patches"), cells)], 1) + p("positions")
    x = layer_norm(p.at("before"), x)
    for layer in range(12):
        x = block(p.at(f"layer{layer}"), x, 12)
    return unit_rows(dense(p.at("project"), layer_norm(p.at("after"), x[:, 0])))


def vit(t, wrap):
    loss = wrap(lambda views: (1 - vit_embed(Scope(t), views) @ t["target"]).sum())
    views = to_planes(t["views"]).requires_grad_()

    def step():
        value = loss(views)
        (grad,) = torch.autograd.grad(value, views)
        return {"loss": value, "gradient": grad.permute(0, 2, 3, 1)}

    return step


def stylegan_modulated(p, x, w):
    kernel = p("kernel").permute(3, 2, 0, 1)
    scale = dense(p.at("style"), w) + 1
    made = F.conv2d(x * scale[:, :, None, None], kernel, padding=kernel.shape[-1] // 2)
    if kernel.shape[-1] == 1:
        return made
    return made * torch.rsqrt(scale.square() @ kernel.square().sum((2, 3)).T + 1e-8)[:, :, None, None]


def stylegan_synthesize(p, w, resolution):
    """Pictures [batch, 3, resolution, resolution] of latents."""
    double = lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
    x = to_planes(p("start")).expand(w.shape[0], -1, -1, -1)
    picture, side = None, 4
    while side <= resolution:
        at = p.at(f"side{side}")
        for name in ["up", "conv"] if side > 4 else ["conv"]:
            x = stylegan_modulated(at.at(name), double(x) if name == "up" else x, w)
            x = leaky(x + to_planes(at.at(name)("noise")) + at.at(name)("bias").view(1, -1, 1, 1))
        colours = stylegan_modulated(at.at("colour"), x, w)
        picture = colours if picture is None else double(picture) + colours
        side *= 2
    return picture


def to_latents(t, loss):
    w = t["w"].clone().requires_grad_()

    def step():
        value = loss(w)
        return {"loss": value, "gradient": torch.autograd.grad(value, w)[0]}

    return step


def stylegan(t, wrap, resolution):
    return to_latents(t, wrap(lambda w: stylegan_synthesize(Scope(t), w, resolution).abs().mean()))


def large_steer(t, wrap):
    def loss(w):
        picture = stylegan_synthesize(Scope(t, "generator/"), w, 256)
        views = t["rows"] @ picture @ t["columns"].transpose(2, 3)
        return (1 - vit_embed(Scope(t, "clip/"), views) @ t["target"]).mean()

    return to_latents(t, wrap(loss))


# The emoji recipe's models.

GUIDES = [dict(size=32, patch=2, stages=4, layers=0, heads=1), dict(size=64, patch=4, stages=2, layers=2, heads=4)]


def stages(p, config, images):
    x = images * 4 - 2.8
    if config["size"] < 64:
        x = F.avg_pool2d(x, 64 // config["size"])
    x = F.relu(conv(p.at("stem"), x))
    maps = []
    for index in range(config["stages"]):
        at = p.at(f"stage{index}")
        x = conv(at.at("merge"), cells_first(x, config["patch"] if index == 0 else 2))
        inner = at.at("block")
        x = x + conv(inner.at("conv2"), F.relu(conv(inner.at("conv1"), sample_norm(inner.at("norm"), x))))
        maps.append(x)
    return maps


def embed_images(p, config, images):
    p = p.at("image")
    x = stages(p, config, images)[-1].flatten(2).transpose(1, 2)
    if config["layers"]:
        x = x + p("positions")
    for layer in range(config["layers"]):
        x = block(p.at(f"layer{layer}"), x, config["heads"])
    pooled = torch.cat([x.mean(1), x.amax(1)], 1)
    return unit_rows(dense(p.at("project"), quick_gelu(dense(p.at("hidden"), layer_norm(p.at("norm"), pooled)))))


def embed_texts(p, tokens, layers, heads):
    p = p.at("text")
    x = p("embedding")[tokens] + p("positions")
    for layer in range(layers):
        x = block(p.at(f"layer{layer}"), x, heads, causal=True)
    read = x[torch.arange(len(tokens)), tokens.argmax(1)]
    return unit_rows(dense(p.at("project"), layer_norm(p.at("norm"), read)))


def encode(embed, wrap):
    embed = wrap(embed)

    def step():
        with torch.inference_mode():
            return {"embeddings": embed()}

    return step


def encode_images(t, wrap):
    return encode(lambda: vit_embed(Scope(t), to_planes(t["views"])), wrap)


def encode_texts(t, wrap):
    tokens = t["tokens"].long()
    return encode(lambda: embed_texts(Scope(t), tokens, 12, 8), wrap)


def code_of(p, w):
    flat = dense(p.at("code2"), leaky(dense(p.at("code1"), w)))
    return flat.view(len(w), 8, 8, -1).permute(0, 3, 1, 2)


def refine(p, x):
    return x + conv(p.at("conv"), leaky(sample_norm(p.at("norm"), x)))


def decode(p, code):
    x = refine(p.at("place"), conv(p.at("start"), code))
    for layer in range(4):
        at = p.at(f"layer{layer}")
        if layer > 0:
            x = cells_back(conv(at.at("merge"), x), 2)
        x = refine(at, x)
        if layer == 2:
            colours = conv(at.at("colour"), leaky(x))
    return torch.tanh(cells_back(colours, 2) + conv(p.at("colour"), leaky(x)))


def spherical(a, b):
    chord = torch.sqrt(((1 - a @ b.T) * 0.5).clamp(1e-8, 1 - 1e-6))
    return 2 * torch.asin(chord).square()


def steer(t, wrap):
    noise = to_planes(t["viewNoise"])

    def loss(u):
        p = Scope(t, "generator/")
        seen = u + t["noise"]
        w = seen[:, 0] @ p("latent.basis") + p("latent.mean")
        beside = seen[:, 1:].reshape(len(w), 8, 8, -1).permute(0, 3, 1, 2)
        picture = (decode(p, code_of(p, w) + beside) + 1) * 0.5
        moved = t["viewRows"] @ (1 - picture) @ t["viewColumns"].transpose(2, 3)
        gains, shifts, size = (t[name].permute(0, 3, 1, 2) for name in ["viewGains", "viewShifts", "viewNoiseSize"])
        views = (1 - moved) * gains + shifts + noise[t["viewNoiseIndex"]] * size
        guides = [
            spherical(embed_images(Scope(t, f"guide{at}/"), config, views), t[f"guide{at}/terms"]).mean(0).sum()
            for at, config in enumerate(GUIDES)
        ]
        total = sum(guides) / 2 + 0.05 * F.relu(u.abs() - 2.5).square().mean()
        return total + 0.5 * (u - t["anchor"]).square().mean(), picture

    loss = wrap(loss)
    u = t["latents"].clone().requires_grad_()
    schedule = {"rate": t["rate"], "root": t["correction"], "decay": torch.zeros(())}

    def step():
        value, picture = loss(u)
        (grad,) = torch.autograd.grad(value, u)
        with torch.no_grad():
            _, first, _, _ = adam([u], [grad], [t["first"]], [t["second"]], schedule, 0.9, 0.99, 1e-8)
        return {"loss": value, "picture": picture.permute(0, 2, 3, 1), "first": first[0]}

    return step


def state_of(t, wanted=lambda name: True):
    names = [name[2:] for name in t if name.startswith("w/") and wanted(name[2:])]
    weights = {name: t[f"w/{name}"].clone().requires_grad_() for name in names}
    return weights, [t[f"m/{name}"] for name in names], [t[f"v/{name}"] for name in names]


def train_clip(t, wrap):
    weights, first, second = state_of(t)
    noise, tokens = to_planes(t["noise"]), t["tokens"].long()
    schedule = {"rate": t["rate"], "root": t["rootCorrection"], "decay": t["decayRate"]}
    batch = len(tokens)

    def loss():
        p = Scope(weights)
        moved = t["rows"] @ (1 - t["planes"]) @ t["columns"].transpose(2, 3)
        gains, shifts, size = (t[name].permute(0, 3, 1, 2) for name in ["gains", "shifts", "noiseSize"])
        pictures = (1 - moved) * gains + shifts + noise[t["noiseIndex"]] * size
        images, texts = embed_images(p, GUIDES[0], pictures), embed_texts(p, tokens, 3, 4)
        logits = images @ texts.T * weights["logitScale"].clamp(max=math.log(100)).exp()
        cross = lambda scores: (F.log_softmax(scores, 1) * t["targets"]).sum(1).mean()
        return (cross(logits) + cross(logits.T)) * -0.5

    loss = wrap(loss)

    def step():
        value = loss()
        grads = torch.autograd.grad(value, list(weights.values()))
        with torch.no_grad():
            *_, norm = adam(list(weights.values()), list(grads), first, second, schedule, 0.9, 0.98, 1e-6, decay=0.1)
        return {"loss": value, "norm": norm}

    return step


def trunk(p, pictures, widths, normalise):
    x = pictures
    for layer in range(widths):
        at = p.at(f"layer{layer}")
        x = conv(at.at("merge"), cells_first(x, 2))
        if normalise:
            x = sample_norm(at.at("norm"), x)
        x = (x + leaky(conv(at.at("conv"), leaky(x)))) * math.sqrt(0.5)
    return x


def discriminate(p, pictures, condition):
    hidden = leaky(dense(p.at("hidden"), trunk(p, pictures, 4, False).permute(0, 2, 3, 1).flatten(1)))
    wanted = dense(p.at("condition"), condition * math.sqrt(condition.shape[1]))
    return dense(p.at("plain"), hidden)[:, 0] + (hidden * wanted).sum(1) / 16


def train_gan(t, wrap):
    critic = lambda name: name.startswith("discriminator.")
    makers, m1, v1 = state_of(t, lambda name: not critic(name))
    critics, m2, v2 = state_of(t, critic)
    averaged = [t[f"e/{name}"] for name in makers]
    condition, known, draws = t["condition"], t["known"][:, :, None, None], to_planes(t["draws"])
    noise = to_planes(t["noise"])[t["noiseIndex"].long()]
    clip = Scope(t, "clip/")

    def real_pictures():
        moved = t["rows"] @ (1 - t["planes"]) @ t["columns"].transpose(2, 3)
        return 1 - 2 * moved

    def maker_loss():
        p = Scope(makers)
        real = real_pictures()
        out = conv(p.at("encoder").at("out"), trunk(p.at("encoder"), real, 3, True))
        mean, spread = out.chunk(2, 1)
        spread = spread.clamp(-8, 2)
        g = p.at("generator")
        w = leaky(dense(g.at("map2"), leaky(dense(g.at("map1"), condition * 16))))
        prior = code_of(g, w) * (1 - known)
        made = decode(g, (mean + torch.exp(spread / 2) * draws) * known + prior)
        apart = lambda a, b: (a - b).abs().mean()
        pixels = apart(made, real) + apart(F.avg_pool2d(made, 4), F.avg_pool2d(real, 4))
        pixels = pixels + apart(made[:, :, 1:] - made[:, :, :-1], real[:, :, 1:] - real[:, :, :-1])
        pixels = pixels + apart(made[..., 1:] - made[..., :-1], real[..., 1:] - real[..., :-1])
        unit = lambda x: (x + 1) * 0.5
        pairs = zip(stages(clip.at("image"), GUIDES[0], unit(made))[:3], stages(clip.at("image"), GUIDES[0], unit(real))[:3])
        features = sum((unit_scale(a) - unit_scale(b)).square().mean() for a, b in pairs)
        divergence = 0.5 * ((mean - prior).square() + spread.exp() - spread - 1).sum((1, 2, 3)).mean()
        ours, theirs = embed_images(clip, GUIDES[0], unit(made)), embed_images(clip, GUIDES[0], unit(real))
        meaning = 1 - (ours * theirs).sum(1).mean()
        adversarial = -discriminate(Scope({**t, **{f"{k}": v.detach() for k, v in critics.items()}}, "discriminator."),
                                    made, condition).mean()
        total = 2 * pixels + 0.3 * features + 0.0001 * divergence + 0.2 * meaning + t["pressure"] * adversarial
        return total, (pixels, features, divergence, meaning, adversarial), made.detach(), real

    def critic_loss(made, real):
        everything = torch.cat([real, real + 0.05 * noise, made])
        reals, moved, fakes = discriminate(Scope(critics, "discriminator."), everything, condition.repeat(3, 1)).chunk(3)
        slope = ((moved - reals) / 0.05).square().mean()
        return F.relu(1 - reals).mean() + F.relu(1 + fakes).mean() + 0.05 * slope

    maker_loss, critic_loss = wrap(maker_loss), wrap(critic_loss)
    rates = {"rate": t["rate"], "root": t["rootCorrection"], "decay": t["decayRate"]}
    critic_rates = {"rate": t["criticRate"], "root": t["criticCorrection"], "decay": t["decayRate"]}

    def step():
        total, terms, made, real = maker_loss()
        grads = torch.autograd.grad(total, list(makers.values()))
        opinion = critic_loss(made, real)
        critic_grads = torch.autograd.grad(opinion, list(critics.values()))
        with torch.no_grad():
            new, _, _, norm = adam(list(makers.values()), list(grads), m1, v1, rates, 0.5, 0.99, 1e-8)
            torch._foreach_add(torch._foreach_mul(averaged, t["average"]), torch._foreach_mul(new, 1 - t["average"]))
            adam(list(critics.values()), list(critic_grads), m2, v2, critic_rates, 0.5, 0.99, 1e-8)
        names = ["pixels", "features", "divergence", "meaning", "adversarial", "norm", "critic"]
        return {f"loss/{name}": value for name, value in zip(names, [*terms, norm, opinion])}

    return step


def case(name, t, wrap):
    if name == "matmul":
        return matmul(t, wrap)
    if name.startswith("vit"):
        return vit(t, wrap)
    if name.startswith("encode-images"):
        return encode_images(t, wrap)
    if name.startswith("encode-texts"):
        return encode_texts(t, wrap)
    if name.startswith("stylegan"):
        return stylegan(t, wrap, int(name.split("-")[1]))
    return {"large-steer": large_steer, "emoji-steer": steer, "train-clip": train_clip, "train-gan": train_gan}[name](t, wrap)
