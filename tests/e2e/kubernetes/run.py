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


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--clients", help="the folder with kube, containerd and NVIDIA's plugin")
    parser.add_argument("--septet")
    parser.add_argument("--library", help="the simulated libnvidia-ml.so.1")
    parser.add_argument("--agent", help="septet-agent (default: beside septet)")
    parser.add_argument("--etcd", default="etcd")
    parser.add_argument("--keep", action="store_true", help="leave the scratch folder")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("names", nargs="*", help="scenarios or groups; none: all")
    return parser.parse_args()


def _skip(reason):
    print(f"kubernetes: {reason}", file=sys.stderr)
    if os.environ.get("CI") == "true":
        sys.exit(1)
    print("SKIPPED: kubernetes", file=sys.stderr)
    sys.exit(77)


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
        print(f"cold start to Ready: {bench.start():.1f} s ({bench.versions()})", flush=True)
        for name, scenario in chosen:
            begun = time.monotonic()
            try:
                bench.fresh()
                scenario(bench)
                print(f"ok      {name} ({time.monotonic() - begun:.1f} s)", flush=True)
            except (Exception, SystemExit):  # said, and the next goes on
                failed.append(name)
                print(f"FAILED  {name} ({time.monotonic() - begun:.1f} s)", flush=True)
                traceback.print_exc()
                bench.cluster.report()
    finally:
        bench.stop()
    if failed:
        print("failed: " + " ".join(failed), file=sys.stderr)
    return 1 if failed else 0


def main():
    arguments = _arguments()
    chosen = scenarios.chosen(arguments.names)
    if arguments.list:
        print("\n".join(name for name, _ in chosen))
        return 0
    _check_programs(arguments, chosen)
    try:
        if not own_machine.inside():
            own_machine.enter()
        scratch = own_machine.become_first_process(arguments.keep)
    except own_machine.NotPossibleHere as reason:
        _skip(reason)
    return _run(arguments, chosen, scratch)


if __name__ == "__main__":
    sys.exit(main())
