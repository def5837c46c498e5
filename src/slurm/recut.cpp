#include "slurm/recut.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <map>
#include <memory>
#include <set>

#include "slurm/free_slices.h"

namespace septet::slurm {
namespace {

constexpr unsigned kMostGpus = 64;
constexpr std::string_view kOurReason = "septet relayout";

bool before(const SlurmJob& a, const SlurmJob& b) {
  if (a.priority != b.priority) return a.priority > b.priority;
  return a.submit != b.submit ? a.submit < b.submit : a.id < b.id;
}

bool within(const std::optional<std::pair<unsigned, unsigned>>& hours, unsigned minute) {
  if (!hours) return true;
  const auto [from, until] = *hours;
  return from <= until ? minute >= from && minute < until : minute >= from || minute < until;
}

class Decider {
 public:
  Decider(const std::vector<SlurmNode>& nodes, const RecutLimits& limits, const Moment& moment)
      : nodes_(nodes), limits_(limits), moment_(moment) {
    for (const SlurmNode& node : nodes) {
      free_.push_back(free_of(node));
      if (node.drained() && node.reason.starts_with(kOurReason)) ++under_way_;
      // Also of nodes that are down: for them, too, Slurm accepts who asks for the type.
      for (const publish::GresCount& one : node.offers) offered_[one.type] += one.count;
      if (node.up() && !node.drained()) usable_.push_back(free_.size() - 1);
    }
    // Idle nodes last: they are the ones that can be cut anew.
    std::ranges::stable_sort(usable_, {}, [this](std::size_t i) { return is_idle(i); });
  }

  Decision run(std::vector<SlurmJob> jobs) {
    std::erase_if(jobs, [](const SlurmJob& job) { return job.state != "PENDING"; });
    std::ranges::sort(jobs, before);
    std::vector<const SlurmJob*> stuck;
    for (const SlurmJob& job : jobs)
      if (const bool of_interest = judged(job); of_interest && !starts_anyway(job))
        stuck.push_back(&job);
    find_candidates();
    for (const SlurmJob* job : stuck) serve(*job);
    for (Opened& opened : opened_) finish(opened);
    return std::move(decision_);
  }

 private:
  struct Opened {
    std::size_t node;
    NewCut cut;
    std::vector<std::uint64_t> starts;
    std::map<std::string, std::uint64_t> types;
    std::vector<std::string> kept;  // types that no other node offers
  };

  bool is_idle(std::size_t i) const {
    return nodes_[i].state == "idle" && nodes_[i].alloc_cpus == 0;
  }

  void wait(const SlurmJob& job, std::string why) {
    decision_.waiting.emplace_back(job.id, std::move(why));
  }

  // Does a cut decide when this job starts, as far as is known?
  bool judged(const SlurmJob& job) {
    const bool typed = !job.per_node.empty() &&
                       std::ranges::none_of(job.per_node, [](const publish::GresCount& one) {
                         return one.type.empty();
                       });
    if (job.per_node.empty() && !job.asks_otherwise) return false;
    std::string why;
    if (job.depends)
      why = "it waits for another job";
    else if (job.priority == 0)
      why = "it is held";
    else if (job.asks_otherwise)
      why = "it asks per job, socket or task";
    else if (!typed)
      why = "any GPU will do for it";
    else if (job.node_count > 1)
      why = "it needs several nodes at once";
    else if (!job.required_nodes.empty())
      why = "it names its nodes";
    if (why.empty()) return true;
    wait(job, why);
    return false;
  }

  static Demand demand_of(const SlurmJob& job) {
    Demand demand{job.per_node, std::max<std::uint64_t>(1, job.cpus)};
    std::ranges::sort(demand.slices, {}, &publish::GresCount::type);
    return demand;
  }

  bool starts_anyway(const SlurmJob& job) {
    const Demand demand = demand_of(job);
    for (std::size_t& next = next_free_[demand]; next < usable_.size(); ++next) {
      if (!free_[usable_[next]].take(demand)) continue;
      ++decision_.start_anyway;
      return true;
    }
    return false;
  }

  void find_candidates() {
    unsigned fresh = 0, unknown = 0, fixed = 0;
    for (const std::size_t i : usable_) {
      if (!is_idle(i) || free_[i].claimed) continue;
      if (!boards_of(nodes_[i])) {
        ++unknown;
      } else if (!nodes_[i].dynamic()) {
        ++fixed;
      } else if (moment_.now - nodes_[i].slurmd_start < limits_.min_dwell_s) {
        ++fresh;
      } else {
        candidates_.push_back(i);
      }
    }
    if (fresh > 0)
      note(fmt::format("{} idle nodes were cut less than {} s ago", fresh, limits_.min_dwell_s));
    if (fixed > 0) note(fmt::format("{} idle nodes stand in slurm.conf (not dynamic)", fixed));
    if (unknown > 0)
      note(fmt::format("{} idle nodes have no feature like mig-h100-sxm5-80gb-x8", unknown));
    if (!within(limits_.hours, moment_.minute_of_day)) {
      note("outside of the hours");
      candidates_.clear();
    }
  }

  void note(std::string text) { decision_.notes.push_back(std::move(text)); }

  void serve(const SlurmJob& job) {
    const Demand demand = demand_of(job);
    for (std::size_t& next = next_opened_[demand]; next < opened_.size(); ++next)
      if (give(opened_[next], demand, job)) return;
    if (hopeless_.contains(demand)) return wait(job, hopeless_.at(demand));
    std::string why =
        candidates_.empty() ? "no idle node may be cut anew" : "no idle node has room for it";
    while (!candidates_.empty()) {
      if (opened_.size() + under_way_ >= limits_.nodes_at_once) {
        why = fmt::format("{} nodes at once is the limit", limits_.nodes_at_once);
        break;
      }
      const auto chosen = std::ranges::find_if(
          candidates_, [&](std::size_t i) { return opens_for(i, demand, job); });
      if (chosen == candidates_.end()) break;
      candidates_.erase(chosen);
      return;
    }
    hopeless_.emplace(demand, why);
    wait(job, why);
  }

  bool give(Opened& opened, const Demand& demand, const SlurmJob& job) {
    if (!opened.cut.take(demand)) return false;
    opened.starts.push_back(job.id);
    for (const publish::GresCount& one : demand.slices) opened.types[one.type] += one.count;
    return true;
  }

  // Opens the node if it can be cut for this job, with the last offers of its types kept.
  bool opens_for(std::size_t i, const Demand& demand, const SlurmJob& job) {
    const auto boards = boards_of(nodes_[i]);
    Opened opened{
        i,
        {table_of(*boards->product), boards->product->geometry, boards->gpus, nodes_[i].cpus},
        {},
        {},
        {}};
    if (!give(opened, demand, job)) return false;
    std::map<std::string, std::uint64_t> here;
    for (const publish::GresCount& one : nodes_[i].offers) here[one.type] += one.count;
    for (const auto& [type, count] : here) {
      if (offered_[type] > count || opened.types.contains(type)) continue;
      if (!opened.cut.place(type)) return false;
      opened.kept.push_back(type);
    }
    for (const auto& [type, count] : here) offered_[type] -= count;
    for (const std::string& type : opened.kept) ++offered_[type];
    opened_.push_back(std::move(opened));
    return true;
  }

  void finish(Opened& opened) {
    const SlurmNode& node = nodes_[opened.node];
    for (const publish::GresCount& one : node.offers)
      for (std::uint64_t n = 0; n < one.count && opened.cut.place(one.type); ++n) {
      }
    Recut recut;
    recut.node = node.name;
    recut.gpus = opened.cut.layout();
    recut.starts = opened.starts;
    std::vector<std::string> asked;
    for (const auto& [type, count] : opened.types)
      asked.push_back(fmt::format("{} {}", count, type));
    recut.reason = fmt::format("{} is idle with {}; {} waiting jobs need {}, which is free nowhere",
                               node.name, node.gres.empty() ? "nothing" : node.gres,
                               opened.starts.size(), fmt::join(asked, ", "));
    if (!opened.kept.empty())
      recut.reason +=
          fmt::format("; {} is kept, for no other node offers it", fmt::join(opened.kept, ", "));
    decision_.recuts.push_back(std::move(recut));
  }

  const mig::FitTable& table_of(const mig::Product& product) {
    auto& table = tables_[&product];
    if (!table) table = std::make_unique<mig::FitTable>(product.geometry);
    return *table;
  }

  const std::vector<SlurmNode>& nodes_;
  const RecutLimits& limits_;
  const Moment& moment_;
  unsigned under_way_ = 0;
  std::vector<FreeNode> free_;
  std::vector<std::size_t> usable_;
  std::map<std::string, std::uint64_t> offered_;
  std::map<Demand, std::size_t> next_free_, next_opened_;
  std::map<Demand, std::string> hopeless_;
  std::deque<std::size_t> candidates_;
  std::vector<Opened> opened_;
  std::map<const mig::Product*, std::unique_ptr<mig::FitTable>> tables_;
  Decision decision_;
};

}  // namespace

std::vector<std::string> Recut::words() const {
  std::vector<std::string> found;
  for (std::size_t gpu = 0; gpu < gpus.size(); ++gpu)
    found.push_back(fmt::format("{}={}", gpu, fmt::join(gpus[gpu], ",")));
  return found;
}

std::optional<Boards> boards_of(const SlurmNode& node) {
  for (const std::string& feature : node.features) {
    const std::size_t cross = feature.rfind("-x");
    if (!feature.starts_with("mig-") || cross == feature.npos || cross < 4) continue;
    const std::string_view digits = std::string_view(feature).substr(cross + 2);
    Boards boards;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), boards.gpus);
    boards.product = mig::find_product(feature.substr(4, cross - 4));
    if (error == std::errc{} && end == digits.data() + digits.size() && boards.gpus > 0 &&
        boards.gpus <= kMostGpus && boards.product != nullptr)
      return boards;
  }
  return std::nullopt;
}

Decision decide_recuts(const std::vector<SlurmNode>& nodes, std::vector<SlurmJob> jobs,
                       const RecutLimits& limits, const Moment& moment) {
  return Decider(nodes, limits, moment).run(std::move(jobs));
}

}  // namespace septet::slurm
