"""Times one case in PyTorch: `python peer.py FOLDER CASE eager|compile REPEATS`; writes the results beside the shared
tensors and prints JSON as bench/runner.ts does."""

import json
import os
import resource
import sys
import time

import torch
from safetensors.torch import load_file, save_file

from models import case

BUDGET = 40


def main():
    folder, name, mode, repeats = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    torch.set_num_threads(int(os.environ.get("BENCH_THREADS", os.cpu_count())))
    torch.set_flush_denormal(True)
    shared = load_file(f"{folder}/{name}/shared.safetensors")
    wrap = (lambda fn: fn) if mode == "eager" else (lambda fn: torch.compile(fn))
    step = case(name, shared, wrap)
    began = time.perf_counter()
    results = step()
    first = time.perf_counter() - began
    out = {key: value.detach().float().contiguous().clone() for key, value in results.items()}
    save_file(out, f"{folder}/{name}/torch-{mode}.safetensors")
    step()
    seconds, began = [], time.perf_counter()
    for _ in range(repeats):
        if time.perf_counter() - began > BUDGET:
            break
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    megabytes = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps({"seconds": seconds, "first": first, "megabytes": megabytes, "version": torch.__version__}))


main()
