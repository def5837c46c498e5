#!/usr/bin/env python3
"""septet in the place of nvidia-mig-parted, and the other way round, on one node per product.

For every default config name that fits the product:
  1. septet, called as nvidia-mig-parted, applies and asserts it; mig-parted's own assert agrees;
  2. mig-parted applies it (from another start); septet's assert agrees.
A checkpoint of each is restored by the other.
After each, both exports are the same text. Names that do not fit must be refused by septet with
nothing changed, unless they are another driver's names for profiles this GPU has (1g.24gb for
1g.23gb), which septet takes.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from default_configs import specification  # noqa: E402
from simulated_node import Node  # noqa: E402

PRODUCTS = {  # product -> PCI id
    "a30-24gb": 0x20B710DE,
    "a100-40gb": 0x20B010DE,
    "a100-80gb": 0x20B210DE,
    "h100-sxm5-80gb": 0x233010DE,
    "h200-141gb": 0x233510DE,
    "b200-180gb": 0x290110DE,
    "rtx-pro-6000-blackwell-96gb": 0x2BB510DE,
}
GPUS = 2
APPLIED = "MIG configuration applied successfully\n"
ASSERTED = "Selected MIG configuration currently applied\n"


class Bench:
    """One node, looked at and changed by both programs."""

    def __init__(self, options, product):
        self.node = Node(options.septet, options.scratch / f"defaults-{product}")
        self.node.create("--gpus", GPUS, "--product", product)
        self.parted = options.program
        self.dropin = options.scratch / "nvidia-mig-parted"
        if not self.dropin.exists():
            self.dropin.symlink_to(Path(options.septet).resolve())
        self.scratch = options.scratch
        self.config = options.scratch / "defaults.json"
        self.counts = dict.fromkeys(
            ("septet applied", "mig-parted agrees", "mig-parted applied", "septet agrees",
             "exports equal", "refused", "other driver's name",
             "checkpoints exchanged", "beyond mig-parted"), 0)
        self.failures = 0

    def expect(self, condition, what, count=None):
        if condition:
            if count:
                self.counts[count] += 1
            return True
        self.failures += 1
        print(f"FAILED {what}")
        return False

    def septet(self, *words):
        done = subprocess.run([self.dropin, *map(str, words)], text=True, capture_output=True,
                              timeout=60, check=False,
                              env={**os.environ, "SEPTET_SIM": str(self.node.state)})
        return done.returncode, done.stdout, done.stderr

    def theirs(self, *words):
        done = subprocess.run(self.node.inside(self.parted, *words), text=True,
                              capture_output=True, timeout=120, check=False)
        return done.returncode, done.stdout, done.stderr

    def generation(self):
        """Counts the driver calls that changed something (a number in the state file's header)."""
        with open(self.node.state, "rb") as file:
            return int.from_bytes(file.read(72)[64:], "little")

    def same_exports(self, label):
        for form in ("yaml", "json"):
            ours, other = self.septet("export", "-o", form), self.theirs("export", "-o", form)
            self.expect(ours[0] == other[0] == 0 and ours[1].rstrip() == other[1].rstrip(),
                        f"{label}: export -o {form}\n{ours}\n{other}", "exports equal")

    def fits(self, profiles, entries, pci_id):
        for entry in entries:
            if "device-filter" in entry:
                if pci_id not in [int(board, 0) for board in entry["device-filter"]]:
                    continue
            return all(name in profiles for name in entry.get("mig-devices", {}))
        return False

    def forward(self, name):
        words = ("-f", self.config, "-c", name)
        done = self.septet("apply", *words)
        self.expect(done == (0, APPLIED, ""), f"septet apply {name}: {done}", "septet applied")
        for _ in range(2):  # the second apply has nothing to do
            done = self.septet("assert", *words)
            self.expect(done[:2] == (0, ASSERTED), f"septet assert {name}: {done}")
            done = self.septet("apply", *words)
            self.expect(done == (0, APPLIED, ""), f"septet apply {name} again: {done}")
        if self.theirs("assert", "-a", *words)[0] != 0:
            self.counts["beyond mig-parted"] += 1  # an attribute that v0.13.1 does not know
            return False
        done = self.theirs("assert", *words)
        self.expect(done[:2] == (0, ASSERTED), f"mig-parted assert {name}: {done}",
                    "mig-parted agrees")
        self.same_exports(name)
        return True

    def backward(self, name):
        words = ("-f", self.config, "-c", name)
        done = self.theirs("apply", *words)
        self.expect(done[:2] == (0, APPLIED), f"mig-parted apply {name}: {done}",
                    "mig-parted applied")
        done = self.septet("assert", *words)
        self.expect(done[:2] == (0, ASSERTED), f"septet assert {name} after mig-parted: {done}",
                    "septet agrees")
        self.same_exports(name)

    def exchange_checkpoints(self, name):
        """Of a node cut as `name` says; MIG mode stays on, for mig-parted's restore resets nothing."""
        words = ("-f", self.config, "-c", name)
        for who, other in ((self.septet, self.theirs), (self.theirs, self.septet)):
            self.septet("apply", *words)
            file = self.scratch / "checkpoint.json"
            done = who("checkpoint", "-f", file)
            self.expect(done[:2] == (0, "MIG configuration checkpointed successfully\n"),
                        f"checkpoint: {done}")
            self.septet("apply", "-f", self.config, "-c", "all-enabled")
            done = other("restore", "-f", file)
            self.expect(done[:2] == (0, "MIG configuration restored successfully\n"),
                        f"restore: {done}")
            done = self.septet("assert", *words), self.theirs("assert", *words)
            self.expect(done[0][0] == done[1][0] == 0, f"{name} restored: {done}",
                        "checkpoints exchanged")

    def refuse(self, name):
        words = ("-f", self.config, "-c", name)
        done = self.septet("apply", *words)
        if done == (0, APPLIED, ""):
            done = self.septet("assert", *words)
            self.expect(done[:2] == (0, ASSERTED), f"septet assert {name}: {done}",
                        "other driver's name")
            return True
        self.expect(done[0] == 1 and done[1] == "" and "level=fatal msg=" in done[2],
                    f"septet apply {name}, which does not fit: {done}", "refused")
        return False


def drive(bench, pci_id, configs):
    # What the driver offers, as a profile's name says it.
    offered = json.loads(bench.node.run("profiles", "-i", 0, as_json=True))
    profiles = {row["name"] for row in offered["profiles"]}
    fitting = [name for name, entries in configs.items() if bench.fits(profiles, entries, pci_id)]
    known = [name for name in fitting if bench.forward(name)]
    for name in reversed(known):
        bench.backward(name)
    bench.exchange_checkpoints("all-balanced")
    generation = bench.generation()
    others = [name for name in configs if name not in fitting]
    changed = [bench.refuse(name) for name in others]
    bench.expect(any(changed) or bench.generation() == generation, "a refusal changed something")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--septet", required=True)
    parser.add_argument("--program", required=True, help="nvidia-mig-parted")
    parser.add_argument("--scratch", required=True, type=Path)
    parser.add_argument("--product", choices=PRODUCTS, help="only this one")
    options = parser.parse_args()
    configs = specification()
    (options.scratch / "defaults.json").write_text(json.dumps(configs), encoding="utf-8")
    failed = 0
    for product, pci_id in PRODUCTS.items():
        if options.product not in (None, product):
            continue
        bench = Bench(options, product)
        drive(bench, pci_id, configs["mig-configs"])
        counts = ", ".join(f"{what} {count}" for what, count in bench.counts.items())
        print(f"{product}: {counts}; {bench.failures} failed")
        failed += bench.failures
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
