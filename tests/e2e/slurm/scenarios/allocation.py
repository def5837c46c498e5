"""Static gres.conf as septet writes it: types, queueing, refusals, and the lint."""

from slurm_cluster import NODE

HALVES = "[3g.40gb, 4g.40gb]"


def slices_are_given_by_type(bench):
    bench.cut(HALVES, "[1g.10gb, 1g.10gb, '1g.10gb+me']")
    bench.static_node()
    for index, kind in enumerate(("4g.40gb", "3g.40gb", "1g.10gb")):
        said = bench.cluster.run("srun", f"--gres=gpu:{kind}:1", "printenv",
                                 "CUDA_VISIBLE_DEVICES").stdout
        assert said == f"{index}\n", (kind, said)
    said = bench.cluster.run("srun", "--gres=gpu:1g.10gb+me:1", "printenv",
                             "CUDA_VISIBLE_DEVICES").stdout
    assert said.strip().isdigit(), said


def what_is_taken_is_waited_for(bench):
    bench.cut(HALVES)
    bench.static_node()
    first = bench.cluster.submit("sleep 1000", "--gres=gpu:3g.40gb:1")
    bench.cluster.wait_running(first)
    second = bench.cluster.submit("true", "--gres=gpu:3g.40gb:1")
    other = bench.cluster.submit("sleep 1000", "--gres=gpu:4g.40gb:1")
    bench.cluster.wait_running(other)
    assert bench.cluster.jobs()[second]["job_state"] == "PENDING"
    bench.cluster.run("scancel", first)
    bench.cluster.wait_over(second)


def what_no_node_has_is_refused(bench):
    bench.cut(HALVES)
    bench.static_node()
    for wish in ("gpu:2g.20gb:1", "gpu:3g.40gb:2"):
        done = bench.cluster.run("sbatch", f"--gres={wish}", "--wrap", "true", check=False)
        assert done.returncode and "not available" in done.stderr, (wish, done)


def the_lint_finds_what_a_new_layout_made_wrong(bench):
    bench.cut(HALVES)
    bench.static_node()
    lint = ("publish", "slurm", "--node", NODE, "--lint", bench.cluster.conf)
    done = bench.septet(*lint)
    assert "ConstrainDevices" in done.stdout, done.stdout  # a warning; the rest is right
    bench.gpus.apply("gpus:\n- gpu: 0\n  instances: [1g.10gb, 3g.40gb]\n")
    done = bench.septet(*lint, check=False)
    assert done.returncode == 2, done
    for words in ("no device of this node", "is on no line", "Gres says 1 of gpu:4g.40gb"):
        assert words in done.stdout, (words, done.stdout)
    published = bench.published()
    bench.cluster.write(published["gres"], published["gres_conf"])
    bench.septet(*lint)


SCENARIOS = [slices_are_given_by_type, what_is_taken_is_waited_for, what_no_node_has_is_refused,
             the_lint_finds_what_a_new_layout_made_wrong]
