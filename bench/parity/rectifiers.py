"""StyleGAN3 of NVlabs/stylegan3 on given sides of its leaky rectifiers, in the memory of one layer.

A rectifier has two slopes. Where a value lies within rounding of zero, float32 may fall on the other side of it than float64,
and the slope there is another one: no error of the code, but of the gradient. To tell the two apart the reference in float64
is made to take the sides that a run in float32 took.
"""

import types

import torch
from torch.utils.checkpoint import checkpoint


class Rectifiers:
    """What happens before the rectifiers of a synthesis network, by layer."""

    def __init__(self, synthesis):
        from torch_utils.ops import bias_act, filtered_lrelu

        self.layer = 0
        self.sides = None  # of each layer, `[batch, channels, height, width]`, true above zero; None: as the values say
        self.seen = None  # is given to remember the sides of
        self.apart = {}  # by layer: places on another side than float64's, and the largest value there in roots of mean squares
        own = bias_act.bias_act

        def act(x, act="linear", alpha=None, gain=None, clamp=None, **others):
            if act != "lrelu" or alpha == 1:  # 1: the last layer, which has none
                return own(x, act=act, alpha=alpha, gain=gain, clamp=clamp, **others)
            return self.rectify(x, alpha, gain, clamp)

        filtered_lrelu.bias_act = types.SimpleNamespace(bias_act=act)
        for index, name in enumerate(synthesis.layer_names):
            self.recompute(index, getattr(synthesis, name))

    def recompute(self, index, layer):
        """Keeps nothing of a layer but its inputs until its gradient is due."""
        forward = layer.forward

        def run(x, w, options):
            self.layer = index
            return forward(x, w, **options)

        layer.forward = lambda x, w, **options: checkpoint(run, x, w, options, use_reentrant=False)

    def rectify(self, x, slope, gain, clamp):
        above = x > 0
        if self.seen is not None:
            self.seen[self.layer] = above.detach()
        if self.sides is not None:
            given = self.sides[self.layer]
            wrong = x.detach()[above != given].abs()
            size = x.detach().square().mean().sqrt()
            self.apart[self.layer] = wrong.numel(), (wrong.max() / size).item() if wrong.numel() else 0.0
            above = given
        return (torch.where(above, x, slope * x) * gain).clamp(-clamp, clamp)

    def told(self):
        """How many places, of how many, and how far from zero they are."""
        count = sum(number for number, _ in self.apart.values())
        every = sum(side.numel() for side in self.sides.values())
        return f"{count} of {every} values, none more than {max(far for _, far in self.apart.values()):.1e} from zero"
