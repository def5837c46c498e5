#!/usr/bin/env python3
"""Runs scenarios against a real Slurm on this machine: munge, slurmctld and several slurmd.

    run.py --clients DIR --septet BIN --library LIB [--keep] [--list] [SCENARIO|GROUP ...]

Every scenario has a cluster and a simulated node of its own. Exit status: 0 all passed (what this
machine cannot run is said as SKIPPED); 1 not; 77 the machine can run none (1 if CI=true).
"""

import argparse
import pathlib
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(HERE.parent / "kubernetes"))  # a machine of our own, and GPUs in it

import own_machine  # noqa: E402
import scenarios  # noqa: E402
import scenarios_by_group  # noqa: E402


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--clients", help="the folder with Debian's gpu/nvml plugin")
    parser.add_argument("--septet")
    parser.add_argument("--library", help="the simulated libnvidia-ml.so.1")
    parser.add_argument("--keep", action="store_true", help="leave the scratch folder")
    parser.add_argument("--twice", action="store_true",
                        help="a scenario that fails is said, and tried once more")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("names", nargs="*", help="scenarios or groups; none: all")
    return parser.parse_args()


def _run(arguments, chosen, scratch):
    from slurm_bench import Bench, Impossible  # after the machine is its own
    bench = Bench(arguments, scratch)
    failed = []
    def passes(name, scenario, last_try):
        begun = time.monotonic()
        try:
            bench.fresh()
            scenario(bench)
            print(f"ok      {name} ({time.monotonic() - begun:.1f} s)", flush=True)
        except Impossible as reason:
            print(f"SKIPPED {name}: {reason}", flush=True)
        except (Exception, SystemExit):  # said, and the next goes on
            word = "FAILED " if last_try else "again  "
            print(f"{word} {name} ({time.monotonic() - begun:.1f} s)", flush=True)
            traceback.print_exc()
            bench.report()
            return False
        finally:
            bench.stop()
        return True

    tries = 2 if arguments.twice else 1
    for name, scenario in chosen:
        if not any(passes(name, scenario, n + 1 == tries) for n in range(tries)):
            failed.append(name)
    if failed:
        print("failed: " + " ".join(failed), file=sys.stderr)
    return 1 if failed else 0


def main():
    arguments = _arguments()
    chosen = scenarios_by_group.chosen(scenarios.GROUPS, arguments.names)
    if arguments.list:
        print("\n".join(name for name, _ in chosen))
        return 0
    return _run(arguments, chosen, own_machine.move_in("slurm", arguments.keep))


if __name__ == "__main__":
    sys.exit(main())
