"""As a user would look: inside a job the granted devices open, and no other does.

A device file whose driver is not loaded answers ENXIO to whoever may open it; the cgroup answers
EPERM to whoever may not. Slurm denies what its gres.conf lists and the job was not given; a slice
that is on no line is open to every job, so the whole of the list is looked at.
"""

import pathlib

from slurm_bench import Impossible

LOOK = """python3 -c '
import errno, glob, os
for path in glob.glob("/dev/nvidia[0-9]") + glob.glob("/dev/nvidia-caps/*"):
    try:
        os.open(path, os.O_RDWR)
    except OSError as error:
        print(path, errno.errorcode[error.errno])'"""


def a_job_opens_its_slice_and_nothing_else(bench):
    if not pathlib.Path("/sys/fs/cgroup/devices").exists():
        raise Impossible("no cgroup v1 devices controller here, and Slurm 22.05 needs BPF rights "
                         "for version 2")
    bench.cut("[3g.40gb, 4g.40gb]", "[1g.10gb, 1g.10gb]")
    published = bench.static_node(confined=True)
    listed = {file for device in published["devices"] for file in device["files"]}
    try:
        for kind in ("1g.10gb", "3g.40gb"):
            own = {tuple(device["files"]) for device in published["devices"]
                   if device["type"] == kind}
            job = bench.cluster.submit(LOOK, f"--gres=gpu:{kind}:1")
            bench.cluster.wait_over(job)
            seen = dict(line.split() for line in bench.cluster.output(job).splitlines())
            assert set(seen.values()) == {"ENXIO", "EPERM"}, seen
            opened = {file for file in listed if seen[file] == "ENXIO"}
            assert any(opened == set(files) for files in own), (kind, opened, own)
    finally:
        bench.cluster.stop()
        for hierarchy in pathlib.Path("/sys/fs/cgroup").iterdir():
            for folder in sorted(hierarchy.glob("slurm*/**/"), reverse=True):
                folder.rmdir()


SCENARIOS = [a_job_opens_its_slice_and_nothing_else]
