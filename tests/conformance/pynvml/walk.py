#!/usr/bin/env python3
"""nvidia-ml-py, unmodified, through every MIG call of a simulated node, against our own model.

    walk.py instances --boards a100-40gb,h100-sxm5-80gb --chip normal --seed 7 ...   MIG mode on
    walk.py mode --boards a100-80gb,h100-sxm5-80gb ...                             MIG mode off

Runs inside `septet sim run` (run.sh). Random calls print their seed; `--seed` repeats them.
"""

import argparse
import collections
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import faults  # noqa: E402
import living  # noqa: E402
import mode  # noqa: E402
from boards import BOARDS  # noqa: E402
from checks import Checks  # noqa: E402
from facts import check_board  # noqa: E402
from lifecycle import Driver, check_every_profile, check_partial_compute, check_random  # noqa: E402
from model import Gpu  # noqa: E402
from nvml import Nvml  # noqa: E402
from simulated_node import Node  # noqa: E402


def loaded_library():
    """Path of the libnvidia-ml.so.1 in this process."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        found = (line.split(maxsplit=5)[5].strip() for line in maps if "libnvidia-ml" in line)
        return next(found, "")


def walk_instances(nvml, checks, options, index, node):
    board = options.boards[index]
    device = nvml.nvmlDeviceGetHandleByIndex(index)
    driver = Driver(nvml, checks, device, Gpu(board, options.chip == "rotated"))
    check_board(nvml, checks, device, board, index)
    living.check_field_values(nvml, checks, device)
    living.check_telemetry(nvml, checks, device, board)
    driver.compare()
    check_every_profile(driver)
    check_partial_compute(driver)
    check_random(driver, options.seed + index, options.steps)
    checks.at(f"GPU {index}, {board.product}, {options.chip} chip")
    living.check_processes(nvml, checks, driver, index, node)
    faults.check_faults(nvml, checks, driver, index, node)
    if index == 0:
        walk_events(nvml, checks, driver, index, node)


def walk_events(nvml, checks, driver, index, node):
    instance = driver.create(driver.gpu.board.profiles[0].id)
    driver.create_compute(instance, driver.gpu.compute_profiles(instance)[-1])
    living.check_events(nvml, checks, driver.device, index, instance.id, node)
    mig = nvml.nvmlDeviceGetMigDeviceHandleByIndex(driver.device, 0)
    living.check_field_values(nvml, checks, mig)
    driver.clear()


def walk_mode(nvml, checks, options, index, node):
    board = options.boards[index]
    device = nvml.nvmlDeviceGetHandleByIndex(index)
    profile = board.by_id(mode.PROFILE)
    mode.check_mode_off(nvml, checks, device, profile)
    mode.check_switching(nvml, checks, device, index, profile, board, node)
    mode.check_mode_off(nvml, checks, device, profile)


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("instances", "mode"))
    parser.add_argument("--septet", required=True)
    parser.add_argument("--state", required=True)
    parser.add_argument("--library", required=True, help="the library that must be loaded")
    parser.add_argument("--boards", required=True)
    parser.add_argument("--chip", default="normal", choices=("normal", "rotated"))
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--steps", type=int, default=1500)
    options = parser.parse_args()
    options.boards = [BOARDS[product] for product in options.boards.split(",")]
    return options


def main():
    options, checks, began = parse(), Checks(), time.monotonic()
    calls = collections.Counter(mode.check_refcount(checks))
    nvml = Nvml()
    nvml.nvmlInit()
    checks.at("node")
    checks.equal("library", loaded_library(), options.library)
    checks.equal("number of GPUs", nvml.nvmlDeviceGetCount(), len(options.boards))
    mode.check_system(nvml, checks)
    walk = walk_instances if options.what == "instances" else walk_mode
    node = Node(options.septet, options.state)
    for index, board in enumerate(options.boards):
        checks.at(f"GPU {index}, {board.product}, {options.chip} chip")
        with checks.going_on():
            walk(nvml, checks, options, index, node)
    nvml.nvmlShutdown()
    calls += nvml.calls
    fine = checks.report()
    print(f"{options.what} of {len(options.boards)} GPUs, {options.chip} chips, "
          f"seed {options.seed}: {sum(calls.values())} calls of {len(calls)} functions, "
          f"{checks.done} checks, {len(checks.failures)} failed, {time.monotonic() - began:.1f} s")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
