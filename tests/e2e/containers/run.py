#!/usr/bin/env python3
"""Runs scenarios with real container engines on this machine, on simulated GPUs.

    run.py --septet BIN [--hook BIN] [--validator BIN] [--keep] [--list] [SCENARIO ...]

Exit status: 0 all passed; 1 not; 77 the machine cannot run them (1 if CI=true).
"""

import argparse
import os
import pathlib
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "kubernetes"))

import own_machine  # noqa: E402  pylint: disable=wrong-import-position
from simulated_gpus import STATE, SimulatedGpus  # noqa: E402  pylint: disable=wrong-import-position

import engines  # noqa: E402  pylint: disable=wrong-import-position
import engine_scenarios as scenarios  # noqa: E402  pylint: disable=wrong-import-position


class Bench:
    """One machine with its engines and its GPUs."""

    def __init__(self, arguments, scratch):
        self.scratch, self.state = scratch, STATE
        self.hook, self.validator = arguments.hook, arguments.validator
        self.environment = {"SEPTET_SIM": str(STATE)}
        self.gpus = SimulatedGpus(arguments.septet)
        self.gpus.create("--gpus", "2", "--mig", "on")
        self.podman = engines.Podman(scratch)
        self.podman_environment = {**os.environ, "PATH": f"{scratch}/bin:{os.environ['PATH']}"}
        self._wrap_podman()
        self.docker = engines.Docker(scratch, arguments.hook, self.environment)

    def _wrap_podman(self):
        """`podman` by its name, as septet run starts it, with this run's own storage."""
        folder = self.scratch / "bin"
        folder.mkdir()
        words = " ".join(f"'{word}'" for word in self.podman.storage)
        (folder / "podman").write_text(f"#!/bin/sh\nexec /usr/bin/podman {words} \"$@\"\n")
        (folder / "podman").chmod(0o755)


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--septet")
    parser.add_argument("--hook", help="septet-oci-hook (default: beside septet)")
    parser.add_argument("--validator", help="of CDI files, by CNCF's library")
    parser.add_argument("--keep", action="store_true", help="leave the scratch folder")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("names", nargs="*", help="scenarios; none: all")
    return parser.parse_args()


def _skip(reason):
    print(f"containers: {reason}", file=sys.stderr)
    if os.environ.get("CI") == "true":
        sys.exit(1)
    print("SKIPPED: containers", file=sys.stderr)
    sys.exit(77)


def _run(chosen, bench):
    failed = []
    try:
        try:  # nothing of septet runs yet: an engine that does not come up is this machine's affair
            bench.docker.start()
        except Exception as reason:  # pylint: disable=broad-except
            own_machine.skip("containers", f"no dockerd on this machine: {reason}")
        print(f"{bench.podman.version()}, {bench.docker.version()}", flush=True)
        for scenario in chosen:
            began = time.monotonic()
            try:
                scenario(bench)
                print(f"ok      {scenario.__name__} ({time.monotonic() - began:.1f} s)", flush=True)
            except Exception:  # pylint: disable=broad-except  # said, and the next goes on
                failed.append(scenario.__name__)
                print(f"FAILED  {scenario.__name__}", flush=True)
                traceback.print_exc()
    finally:
        bench.docker.stop()
    if failed:
        print("failed: " + " ".join(failed), file=sys.stderr)
    return 1 if failed else 0


def main():
    arguments = _arguments()
    chosen = [one for one in scenarios.SCENARIOS
              if not arguments.names or one.__name__ in arguments.names]
    if arguments.list:
        print("\n".join(one.__name__ for one in chosen))
        return 0
    if not chosen:
        sys.exit(f"containers: no scenario {' '.join(arguments.names)} (--list)")
    arguments.hook = arguments.hook or str(pathlib.Path(arguments.septet).parent / "septet-oci-hook")
    missing = engines.missing_programs()
    if missing:
        _skip(f"not installed: {' '.join(missing)} (tests/conformance/install.sh containers)")
    scratch = own_machine.move_in("containers", arguments.keep)
    return _run(chosen, Bench(arguments, scratch))


if __name__ == "__main__":
    sys.exit(main())
