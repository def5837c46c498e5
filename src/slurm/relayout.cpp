#include "slurm/relayout.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/json.h"
#include "base/replace_file.h"
#include "partition/patience.h"
#include "slurm/cluster.h"

namespace septet::slurm {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
constexpr milliseconds kRegisterLimit{30000};
constexpr milliseconds kAskAgain{100};

class Relayouter {
 public:
  Relayouter(const RelayoutOrder& order, const std::optional<Situation>& situation,
             const Hands& hands)
      : order_(order), situation_(situation), hands_(hands) {}

  Result<> run() {
    TRY(note_what_is());
    auto done = forward();
    if (!done) return put_back(std::move(done).error());
    unlink(order_.record.c_str());
    return {};
  }

 private:
  // The oldest record stays: what an interrupted run found is what was there before us.
  Result<> note_what_is() {
    const auto known = TRY(read_record(order_.record));
    if (known) {
      record_ = *known;
      hands_.say("taking up a relayout that was cut short");
      return {};
    }
    if (!situation_)
      return fail(Code::kNotFound, fmt::format("Slurm has no node {}", order_.node),
                  "start slurmd -Z on it first (docs/slurm.md)");
    const mig::Node node = TRY(hands_.observe());
    record_ = {order_.node, dynamic_conf(situation_->node, "", board_features(node)),
               situation_->node.drained(), TRY(hands_.read(order_.gres_conf)),
               TRY(lines_now(node))};
    return write_record(order_.record, record_);
  }

  Result<> forward() {
    if (situation_) {
      TRY(drain());
      TRY(await("the jobs on instances that go", [this](std::vector<SlurmJob> jobs) {
        Situation now = *situation_;
        now.jobs = std::move(jobs);
        return jobs_concerned(now);
      }));
    }
    hands_.say("cut the GPUs");
    cut_ = true;
    TRY(hands_.cut());
    if (situation_)
      TRY(await("the jobs that keep their instances",
                [](const std::vector<SlurmJob>& jobs) { return jobs; }));
    return register_anew();
  }

  Result<> drain() {
    if (situation_->node.drained()) return {};
    hands_.say(fmt::format("drain {}", order_.node));
    return drain_node(order_.node, "septet relayout");
  }

  template <typename Select>
  Result<> await(const std::string& what, Select select) {
    const auto until = Clock::now() + order_.patience;
    for (bool told = false;; told = true) {
      const std::vector<SlurmJob> held = select(TRY(ask_jobs_on(order_.node)));
      if (held.empty()) return {};
      std::vector<std::uint64_t> ids;
      for (const SlurmJob& job : held) ids.push_back(job.id);
      if (!told) hands_.say(fmt::format("wait for {}: {}", what, fmt::join(ids, " ")));
      if (Clock::now() >= until)
        return fail(Code::kBusy,
                    fmt::format("{} still run on {}: {}", what, order_.node, fmt::join(ids, " ")),
                    "wait longer with --wait SECONDS, or cancel them");
      partition::Patience{}.wait(kAskAgain);
    }
  }

  Result<std::string> lines_now(const mig::Node& node) {
    const auto detection = TRY(detection_of(order_.gres_conf, order_.node, hands_.read));
    const auto devices = TRY(hands_.devices(node));
    gres_ = publish::slurm_gres(devices.devices, detection);
    return publish::gres_conf(order_.node, devices, detection);
  }

  // From whatever state: slurmd stopped, the node gone from slurmctld, registered with what is.
  Result<> register_anew() {
    const mig::Node node = TRY(hands_.observe());
    const std::string lines = TRY(lines_now(node));
    const std::string text =
        lines == record_.lines
            ? record_.gres_conf
            : TRY(with_node_lines(order_.gres_conf, order_.node, lines, hands_.read));
    TRY(stop());
    const auto there = TRY(ask_node(order_.node));
    if (there) {
      hands_.say(fmt::format("delete {} from slurmctld", order_.node));
      TRY(delete_node(order_.node, "septet relayout"));
    }
    TRY(replace_file(order_.gres_conf, text));
    hands_.say(fmt::format("register {} with Gres={}", order_.node, gres_));
    const std::string conf =
        gres_.empty() ? record_.base_conf : record_.base_conf + " Gres=" + gres_;
    TRY(start_dynamic_slurmd(order_.node, conf));
    return await_registered();
  }

  Result<> stop() {
    const std::string file = TRY(slurmd_pid_file(order_.node));
    const auto pid = TRY(slurmd_pid(file));
    if (!pid) return {};
    hands_.say(fmt::format("stop slurmd (pid {})", *pid));
    stopped_ = true;
    return stop_slurmd(*pid);
  }

  Result<> await_registered() {
    const auto until = Clock::now() + kRegisterLimit;
    for (;;) {
      const auto node = TRY(ask_node(order_.node));
      if (node && node->up()) break;
      if (Clock::now() >= until)
        return fail(
            Code::kUnavailable,
            fmt::format("{} is not registered after {} s{}", order_.node,
                        kRegisterLimit.count() / 1000,
                        node ? fmt::format(": it is {} ({})", node->state, node->reason) : ""),
            "look at slurmd's log");
      partition::Patience{}.wait(kAskAgain);
    }
    if (record_.drained) return drain_node(order_.node, "as before septet relayout");
    const auto node = TRY(ask_node(order_.node));
    return node && node->drained() ? resume_node(order_.node) : Result<>{};
  }

  Result<> put_back(Error failure) {
    hands_.say("put back: " + failure.what);
    const auto back = back_to_before();
    if (back) {
      unlink(order_.record.c_str());
      return fail_because(
          std::move(failure),
          fmt::format("{} was not cut anew; layout and node are as before", order_.node));
    }
    return fail_because(std::move(failure),
                        fmt::format("{} was not cut anew, and could not be put back: {}",
                                    order_.node, back.error().describe()),
                        "run the same command again when the cause is gone: it takes it up");
  }

  Result<> back_to_before() {
    if (cut_) TRY(hands_.uncut());
    const auto there = TRY(ask_node(order_.node));
    // slurmctld still has the node and slurmd serves it: nothing but a drain was done.
    if (there && !stopped_) {
      if (there->drained() && !record_.drained) TRY(resume_node(order_.node));
      return {};
    }
    return register_anew();
  }

  const RelayoutOrder& order_;
  const std::optional<Situation>& situation_;
  const Hands& hands_;
  Record record_;
  std::string gres_;
  bool cut_ = false, stopped_ = false;
};

}  // namespace

Result<std::optional<Record>> read_record(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0) return std::optional<Record>{};
  const auto strange = [&path] {
    return fail(Code::kUnavailable, fmt::format("{} is no record of a relayout", path),
                "look at the node with sinfo, and take the file away");
  };
  std::string text;
  if (FILE* file = std::fopen(path.c_str(), "re")) {
    char buffer[4096];
    for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, file)) > 0;)
      text.append(buffer, got);
    std::fclose(file);
  }
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return strange();
  Record record;
  for (const auto& [key, field] : {std::pair{"node", &record.node},
                                   {"base_conf", &record.base_conf},
                                   {"gres_conf", &record.gres_conf},
                                   {"lines", &record.lines}}) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_string()) return strange();
    *field = found->get<std::string>();
  }
  const auto drained = json.find("drained");
  if (drained == json.end() || !drained->is_boolean()) return strange();
  record.drained = drained->get<bool>();
  return std::optional(std::move(record));
}

Result<> write_record(const std::string& path, const Record& record) {
  return replace_file(path, to_text({{"node", record.node},
                                     {"base_conf", record.base_conf},
                                     {"drained", record.drained},
                                     {"gres_conf", record.gres_conf},
                                     {"lines", record.lines}}));
}

Result<> relayout(const RelayoutOrder& order, const std::optional<Situation>& situation,
                  const Hands& hands) {
  return Relayouter(order, situation, hands).run();
}

}  // namespace septet::slurm
