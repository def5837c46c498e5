#!/usr/bin/env python3
"""nvidia-mig-parted, unmodified, against simulated nodes of three products.

After each of its applies, four witnesses must say the same: mig-parted's own assert, mig-parted's
export, `septet status`, and `septet export` (read back by mig-parted's parser, so the format is
judged by its owner). configs.json is in mig-parted's grammar; JSON, which it takes as well as YAML.
"""

import argparse
import collections
import json
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from simulated_node import Node  # noqa: E402

CONFIGS = Path(__file__).with_name("configs.json")
GPUS = 4
OF_80GB = ("all-1g.10gb", "all-balanced", "mixed-80gb")
OF_141GB = ("all-1g.18gb", "all-balanced", "mixed-141gb")
PRODUCTS = {  # product -> (PCI id as filters write it, configs in order, one that no GPU can hold)
    "a100-80gb": (0x20B210DE, OF_80GB, "impossible-80gb"),
    "h100-sxm5-80gb": (0x233010DE, OF_80GB, "impossible-80gb"),
    "h200-141gb": (0x233510DE, OF_141GB, "impossible-141gb"),
}


def wanted(config, pci_id, specification):
    """Per GPU: None where MIG is off, else how many MIG devices of each profile."""
    node = [None] * GPUS
    for entry in specification["mig-configs"][config]:
        filters = entry.get("device-filter", [])
        filters = [filters] if isinstance(filters, str) else filters
        if filters and pci_id not in [int(text, 0) for text in filters]:
            continue
        for gpu in range(GPUS) if entry["devices"] == "all" else entry["devices"]:
            node[gpu] = dict(entry["mig-devices"]) if entry["mig-enabled"] else None
    return node


def seen_by_septet(node):
    """The same from `septet --json status`."""
    gpus = []
    for gpu in node.status()["gpus"]:
        # One slice of a one-slice instance: mig-parted cannot tell 1c.1g.20gb from 1g.20gb.
        devices = collections.Counter(
            compute["profile"].replace("1c.1g.", "1g.") for instance in gpu["gpu_instances"]
            for compute in instance["compute_instances"])
        gpus.append(dict(devices) if gpu["mig_mode"] == "on" else None)
    return gpus


class Session:
    """mig-parted and septet looking at one node."""

    def __init__(self, node, program, scratch, pci_id):
        self.node, self.program, self.scratch, self.pci_id = node, program, scratch, pci_id
        self.failures, self.checks = [], 0

    def expect(self, condition, what):
        self.checks += 1
        if not condition:
            self.failures.append(what)
            print(f"FAILED {what}")

    def parted(self, *arguments):
        """(exit status, output and errors) of one mig-parted command inside the node."""
        done = subprocess.run(self.node.inside(self.program, *arguments), text=True,
                              capture_output=True, timeout=120, check=False)
        return done.returncode, done.stdout + done.stderr

    def succeeds(self, *arguments):
        status, text = self.parted(*arguments)
        self.expect(status == 0, f"{' '.join(map(str, arguments))}: exit {status}\n{text}")
        return text

    def exported(self):
        """Per GPU what mig-parted's export says; None where MIG is off."""
        gpus = [None] * GPUS
        text = self.succeeds("export", "-o", "json")
        for entry in json.loads(text)["mig-configs"]["current"] if text.startswith("{") else ():
            for gpu in range(GPUS) if entry["devices"] == "all" else entry["devices"]:
                gpus[gpu] = entry.get("mig-devices", {}) if entry["mig-enabled"] else None
        return gpus

    def agree(self, label, node_wanted):
        """septet and mig-parted both see what was asked for."""
        for who, seen in (("septet status", seen_by_septet(self.node)),
                          ("mig-parted export", self.exported())):
            self.expect(seen == node_wanted, f"{label}: {who} sees {seen}, asked for {node_wanted}")
        export = self.scratch / "export.yaml"
        export.write_text(self.node.run("export"), encoding="utf-8")
        status, text = self.parted("assert", "-f", export)
        self.expect(status == 0, f"{label}: mig-parted does not agree with septet export\n{text}\n"
                                 f"{export.read_text(encoding='utf-8')}")

    def apply(self, config, node_wanted):
        said = self.succeeds("apply", "-f", CONFIGS, "-c", config)
        self.expect("applied successfully" in said, f"apply {config} says {said!r}")
        for arguments in (("assert",), ("assert", "--mode-only"), ("assert", "--valid-config")):
            self.succeeds(*arguments, "-f", CONFIGS, "-c", config)
        self.agree(config, node_wanted)

    def refuses(self, label, *arguments):
        status, text = self.parted(*arguments)
        self.expect(status == 1, f"{label}: exit {status}, should be 1\n{text}")


def drive(session, configs, impossible, specification):
    asked = {name: wanted(name, session.pci_id, specification)
             for name in specification["mig-configs"]}
    session.agree("a fresh node", [None] * GPUS)
    for config in configs:
        session.refuses(f"assert {config} before it is applied",
                        "assert", "-f", CONFIGS, "-c", config)
        session.apply(config, asked[config])
        session.apply(config, asked[config])  # nothing to do
    # A change behind its back: mig-parted notices, and both still read the node alike.
    session.apply(configs[0], asked[configs[0]])
    session.node.run("smi", "mig", "-i", 0, "-dci")
    session.refuses("assert after compute instances vanished",
                    "assert", "-f", CONFIGS, "-c", configs[0])
    session.agree("after -dci", [{}, *asked[configs[0]][1:]])
    session.refuses("a layout that cannot be", "apply", "-f", CONFIGS, "-c", impossible)
    session.apply(configs[1], asked[configs[1]])
    checkpoint = session.scratch / "checkpoint.json"
    session.succeeds("checkpoint", "-f", checkpoint)
    session.apply("all-enabled", asked["all-enabled"])
    session.succeeds("restore", "-f", checkpoint)
    session.agree("restored", asked[configs[1]])
    session.apply("all-disabled", asked["all-disabled"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--septet", required=True)
    parser.add_argument("--program", required=True, help="nvidia-mig-parted")
    parser.add_argument("--scratch", required=True, type=Path)
    options = parser.parse_args()
    specification = json.loads(CONFIGS.read_text(encoding="utf-8"))
    failed = 0
    for number, (product, (pci_id, configs, impossible)) in enumerate(PRODUCTS.items()):
        node = Node(options.septet, options.scratch / product)
        # One of the three on a rotated chip: other ids, same partitions.
        node.create("--gpus", GPUS, "--product", product,
                    "--chip", "rotated" if number == 1 else "normal")
        session = Session(node, options.program, options.scratch, pci_id)
        drive(session, configs, impossible, specification)
        print(f"{product}: {session.checks} checks, {len(session.failures)} failed")
        failed += len(session.failures)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
