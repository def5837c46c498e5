// bench/compact_bars.cpp — the planner's bars for compaction: ours, a greedy rule, the bounds, the
// ratio. Part of make bench-plan.
//
// Exit 1 when an answer is not as good as its bar says; times are printed beside their budget only,
// for the machine may be shared.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <random>

#include "plan/compact/compact_fleet.h"
#include "plan/linear_program.h"

namespace septet::bench {

namespace {

using Clock = std::chrono::steady_clock;
using Random = std::mt19937_64;

bool all_good = true;

// By the clock, and of this thread alone: what the clock would say were the machine not shared.
struct Seconds {
  double clock = 0, own = 0;
};

double own_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Seconds seconds(const std::function<void()>& work) {
  const auto start = Clock::now();
  const double own = own_seconds();
  work();
  return {std::chrono::duration<double>(Clock::now() - start).count(), own_seconds() - own};
}

void bar(const std::string& what, const std::string& ours, const std::string& peer,
         const std::string& bound, const std::string& ratio, const std::string& verdict) {
  fmt::print("{:<52} {:>14} {:>14} {:>14} {:>8}  {}\n", what, ours, peer, bound, ratio, verdict);
}

std::string must(bool good) {
  all_good = all_good && good;
  return good ? "met" : "MISSED";
}

// A fleet after months: every GPU was filled in one of all full ways, then each instance ended with
// probability `ended`; `stays` of the others may not move.
plan::Fleet worn_fleet(const std::vector<std::string>& products, std::uint64_t gpus, double ended,
                       double stays, std::uint64_t seed) {
  Random random(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  plan::Fleet fleet;
  for (const std::string& id : products) {
    const mig::Geometry& geometry = mig::find_product(id)->geometry;
    const auto full = mig::layouts(
        geometry, [](const mig::GpuInstanceProfile&) { return true; }, true);
    for (std::uint64_t gpu = 0; gpu < gpus / products.size(); ++gpu) {
      plan::Pool pool{fleet.products.size(), 1, 1000, {}};
      for (const mig::Instance& one : full[random() % full.size()].instances()) {
        if (uniform(random) < ended) continue;
        (uniform(random) < stays ? pool.held : pool.may_move).push_back(one);
      }
      fleet.pools.push_back(std::move(pool));
    }
    fleet.products.push_back({id, &geometry});
  }
  return fleet;
}

struct Total {
  std::uint64_t used_before = 0, used = 0, used_bound = 0, moved = 0, moved_bound = 0, mib = 0;
  std::uint64_t parked = 0;
  unsigned chain = 0;
  bool found = true;
  double ratio() const {
    return moved_bound == 0 ? 1.0 : static_cast<double>(moved) / static_cast<double>(moved_bound);
  }
};

Total total_of(const std::vector<plan::ProductCompaction>& answers) {
  Total total;
  for (const plan::ProductCompaction& one : answers) {
    total.used_before += one.answer.used_before;
    total.used += one.answer.used;
    total.used_bound += one.answer.used_bound;
    total.moved += one.answer.moved_units;
    total.moved_bound += one.answer.moved_bound;
    total.mib += one.answer.moved_mib;
    total.parked += one.answer.parked_instances;
    total.chain = std::max(total.chain, one.answer.chain);
    total.found = total.found && one.answer.found;
  }
  return total;
}

// The rule of thumb: the emptiest GPU first, each of its instances to the first free place on a
// GPU that is in use; given up for a GPU when one of them finds none. (Re-implemented from words.)
class EmptiestFirst {
 public:
  explicit EmptiestFirst(const plan::Fleet& fleet) : fleet_(fleet) {
    for (const plan::Pool& pool : fleet.pools) {
      taken_.emplace_back();
      for (const auto* part : {&pool.held, &pool.may_move}) {
        for (const mig::Instance& one : *part) taken_.back().add(*one.profile, one.at);
      }
    }
  }

  void run() {
    std::vector<std::size_t> order;
    for (std::size_t p = 0; p < taken_.size(); ++p) {
      if (taken_[p].units != 0 && fleet_.pools[p].held.empty()) order.push_back(p);
    }
    std::ranges::stable_sort(order, {},
                             [this](std::size_t p) { return std::popcount(taken_[p].units); });
    for (const std::size_t p : order) {
      if (!received(p)) empty(p);
    }
    for (const mig::Occupancy& gpu : taken_) used += gpu.units != 0 ? 1 : 0;
  }
  std::uint64_t used = 0, moved = 0;

 private:
  bool received(std::size_t p) const {
    unsigned units = 0;
    for (const mig::Instance& one : fleet_.pools[p].may_move) units += one.at.size;
    return static_cast<unsigned>(std::popcount(taken_[p].units)) != units;
  }

  void empty(std::size_t p) {
    const std::vector<mig::Occupancy> before = taken_;
    std::uint64_t units = 0;
    for (const mig::Instance& one : fleet_.pools[p].may_move) {
      if (!put(one, p)) {
        taken_ = before;
        return;
      }
      units += one.at.size;
    }
    taken_[p] = {};
    moved += units;
  }

  bool put(const mig::Instance& one, std::size_t from) {
    const mig::Geometry& geometry = *fleet_.products[fleet_.pools[from].product].geometry;
    for (std::size_t to = 0; to < taken_.size(); ++to) {
      if (to == from || taken_[to].units == 0) continue;
      if (fleet_.pools[to].product != fleet_.pools[from].product) continue;
      const std::uint16_t starts = mig::free_starts(geometry, taken_[to], *one.profile);
      if (starts == 0) continue;
      const auto start = static_cast<std::uint8_t>(std::countr_zero(starts));
      taken_[to].add(*one.profile, {start, one.profile->size});
      return true;
    }
    return false;
  }

  const plan::Fleet& fleet_;
  std::vector<mig::Occupancy> taken_;
};

const std::vector<std::string>& six_products() {
  static const std::vector<std::string> products{"a30-24gb",       "a100-40gb",  "a100-80gb",
                                                 "h100-sxm5-80gb", "h200-141gb", "b200-180gb"};
  return products;
}

void bar_compaction(const std::string& what, const std::vector<std::string>& products,
                    double stays) {
  double worst = 1;
  Seconds slowest;
  bool proven = true;
  Total last;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const plan::Fleet fleet = worn_fleet(products, 10'000, 0.45, stays, seed);
    const Seconds time = seconds([&] { last = total_of(plan::compact_fleet(fleet)); });
    proven = proven && last.found && last.used == last.used_bound;
    worst = std::max(worst, last.ratio());
    slowest = {std::max(slowest.clock, time.clock), std::max(slowest.own, time.own)};
  }
  bar(what, "", "", "", "", "");
  bar(fmt::format("  GPUs in use, of {} before (last seed)", last.used_before),
      std::to_string(last.used), "-", std::to_string(last.used_bound), "1", must(proven));
  bar("  memory units moved against the flow bound (worst)", std::to_string(last.moved), "-",
      std::to_string(last.moved_bound), fmt::format("{:.5f}", worst), must(worst <= 1.05));
  bar(fmt::format("  longest chain; {} instances parked", last.parked), std::to_string(last.chain),
      "-", "-", "-", "");
  bar("  time (worst)", fmt::format("{:.0f} ms", 1e3 * slowest.clock), "-", "1 s",
      fmt::format("{:.3g}", slowest.clock), slowest.clock <= 1 ? "met" : "missed here");
  bar("  processor time of it (worst)", fmt::format("{:.0f} ms", 1e3 * slowest.own), "-", "1 s",
      fmt::format("{:.3g}", slowest.own), slowest.own <= 1 ? "met" : "missed here");
}

void bar_rule() {
  const plan::Fleet fleet = worn_fleet({"h100-sxm5-80gb"}, 2'000, 0.45, 0.05, 7);
  const Total ours = total_of(plan::compact_fleet(fleet));
  EmptiestFirst rule(fleet);
  rule.run();
  bar(fmt::format("2,000 H100, {} in use: GPUs in use after", ours.used_before),
      std::to_string(ours.used), std::to_string(rule.used), std::to_string(ours.used_bound),
      fmt::format("{:.3g}", static_cast<double>(rule.used) / static_cast<double>(ours.used)),
      must(rule.used >= ours.used));
  bar("  units moved (peer: emptiest first, re-implemented)", std::to_string(ours.moved),
      std::to_string(rule.moved), std::to_string(ours.moved_bound), "-", "");
}

void cost_curve() {
  fmt::print("\ncost curve: worn fleets of H100, a twentieth stays\n");
  fmt::print("{:>9} {:>10} {:>10} {:>12} {:>12} {:>10} {:>15}\n", "GPUs", "in use", "after",
             "moved", "flow bound", "time", "processor time");
  for (const std::uint64_t gpus : {10u, 100u, 1'000u, 10'000u, 100'000u}) {
    const plan::Fleet fleet = worn_fleet({"h100-sxm5-80gb"}, gpus, 0.45, 0.05, 3);
    Total total;
    const Seconds time = seconds([&] { total = total_of(plan::compact_fleet(fleet)); });
    fmt::print("{:>9} {:>10} {:>10} {:>12} {:>12} {:>7.0f} ms {:>12.0f} ms\n", gpus,
               total.used_before, total.used, total.moved, total.moved_bound, 1e3 * time.clock,
               1e3 * time.own);
  }
}

int run() {
  if (const auto ready = plan::solver_ready(); !ready) {
    fmt::print("{}: {}\n", ready.error().what, ready.error().remedy);
    return 1;
  }
  bar("bar", "ours", "peer", "bound or budget", "ratio", "");
  bar_compaction("compaction, 10,000 H100, all may move, 5 seeds", {"h100-sxm5-80gb"}, 0);
  bar_compaction("compaction, 10,000 H100, a twentieth stays, 5 seeds", {"h100-sxm5-80gb"}, 0.05);
  bar_compaction("compaction, 10,000 GPUs of 6 products, a twentieth stays", six_products(), 0.05);
  bar_rule();
  cost_curve();
  return all_good ? 0 : 1;
}

}  // namespace

}  // namespace septet::bench

int main() { return septet::bench::run(); }
