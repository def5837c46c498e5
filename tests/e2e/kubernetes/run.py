#!/usr/bin/env python3
"""Runs scenarios against a real cluster on this machine.

    run.py --clients DIR --septet BIN --library LIB [--keep] [--list] [SCENARIO|GROUP ...]

Every scenario of the groups named runs in one cluster, one after the other, on a node that is set
up anew. Exit status: 0 all passed; 1 not; 77 the machine cannot run a cluster (1 if CI=true).
"""

import argparse
import os
import pathlib
import sys
import time
import traceback

import own_machine
import scenarios
import scenarios_by_group


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--clients", help="the folder with kube, containerd and NVIDIA's plugin")
    parser.add_argument("--septet")
    parser.add_argument("--library", help="the simulated libnvidia-ml.so.1")
    parser.add_argument("--agent", help="septet-agent (default: beside septet)")
    parser.add_argument("--etcd", default="etcd")
    parser.add_argument("--keep", action="store_true", help="leave the scratch folder")
    parser.add_argument("--twice", action="store_true",
                        help="a scenario that fails is said, and tried once more: five foreign "
                             "daemons on a busy machine are late at times, a fault of ours fails twice")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("names", nargs="*", help="scenarios or groups; none: all")
    return parser.parse_args()


def _start(bench):
    """Nothing of septet runs yet: a cluster that does not come up is this machine's affair."""
    try:
        print(f"cold start to Ready: {bench.start():.1f} s ({bench.versions()})", flush=True)
    except (Exception, SystemExit) as reason:
        traceback.print_exc()
        own_machine.skip("kubernetes", f"no cluster comes up on this machine: {reason}")


def _passes(bench, name, scenario, last_try):
    begun = time.monotonic()
    try:
        bench.fresh()
        scenario(bench)
        print(f"ok      {name} ({time.monotonic() - begun:.1f} s)", flush=True)
        return True
    except (Exception, SystemExit):  # said, and the next goes on
        word = "FAILED " if last_try else "again  "
        print(f"{word} {name} ({time.monotonic() - begun:.1f} s)", flush=True)
        traceback.print_exc()
        bench.cluster.report()
        return False


def _check_programs(arguments, chosen):
    """What the scenarios need and cannot do without, said once."""
    arguments.agent = arguments.agent or str(pathlib.Path(arguments.septet).parent / "septet-agent")
    needed = [arguments.septet, arguments.library]
    if any(not name.startswith("peer.") for name, _ in chosen):
        needed.append(arguments.agent)
    missing = [path for path in needed if not os.path.exists(path)]
    if missing:
        sys.exit(f"kubernetes: there is no {', '.join(missing)}: run make build first")


def _run(arguments, chosen, scratch):
    from bench_of_scenarios import Bench  # after the machine is its own
    bench = Bench(arguments, scratch)
    failed = []
    try:
        _start(bench)
        for name, scenario in chosen:
            tries = 2 if arguments.twice else 1
            if not any(_passes(bench, name, scenario, n + 1 == tries) for n in range(tries)):
                failed.append(name)
    finally:
        bench.stop()
    if failed:
        print("failed: " + " ".join(failed), file=sys.stderr)
    return 1 if failed else 0


def main():
    arguments = _arguments()
    chosen = scenarios_by_group.chosen(scenarios.GROUPS, arguments.names)
    if arguments.list:
        print("\n".join(name for name, _ in chosen))
        return 0
    _check_programs(arguments, chosen)
    return _run(arguments, chosen, own_machine.move_in("kubernetes", arguments.keep))


if __name__ == "__main__":
    sys.exit(main())
