// bench/lab_migration_bars.cpp — what a few moves bring: placement, placement with moves, unlimited
// repacking, and the fluid bound, over the same requests. Exit 1 if a bar is not met.
//
// stdout is the same bytes on every run; times go to stderr. `lab_migration_bars [SEEDS [GPUS]]`.
// Placement is septet's own value, tuned once per case on requests of its own (tuned_value.h) with
// the traffic known, and leans on the moves where there are any. Migration learns the traffic while
// it runs. The mixes here were not used to choose any number.
#include <fmt/core.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>

#include "lab/replay/online.h"
#include "plan/online/fluid_bound.h"
#include "plan/online/migrate.h"
#include "plan/online/tuned_value.h"

namespace {

using namespace septet;
using namespace septet::lab::replay;
using namespace septet::plan::online;

struct Mix {
  const char* name;
  std::vector<double> share;  // 1g, 1g with double memory, 2g, 3g, 4g, 7g
};
// Zambianco and others, arXiv 2511.18906, as in this project's reference.
const std::vector<Mix>& mixes() {
  static const std::vector<Mix> all = {
      {"uniform", std::vector<double>(6, 1.0 / 6)},
      {"skew-small", {.35, .20, .25, .10, .05, .05}},
      {"skew-big", {.05, .10, .15, .20, .20, .30}},
      {"bimodal", {.30, .15, .05, .05, .15, .30}},
  };
  return all;
}

constexpr double kMeanLife = 1000;

class ByValue final : public Policy {
 public:
  ByValue(FleetState& state, const Loss& loss) : ranking_(state) { ranking_.order(loss); }
  std::optional<Choice> choose(unsigned request) override { return ranking_.choose(request); }

 private:
  Ranking ranking_;
};

struct Line {
  double memory = 0;  // per cent of the offered memory that was accepted
  double count = 0;
  double moves = 0;  // per cent of accepted, of the whole run
  double seconds = 0;
  std::uint64_t events = 0;

  void add(const OnlineResult& result, double share_moved, unsigned seeds) {
    memory += 100 * result.accepted_memory() / seeds;
    count += 100 * result.accepted_share() / seeds;
    moves += 100 * share_moved / seeds;
    events += result.events;
  }
};

struct Case {
  std::uint32_t gpus = 100;
  double load = 1;
  const Mix* mix = nullptr;
  unsigned seeds = 1;
};

struct Outcome {
  Line alone, one, five, repack;
  double fluid = 100;
  double closed(const Line& line) const {
    return 100 * (line.memory - alone.memory) / (repack.memory - alone.memory);
  }
  double short_of(const Line& line) const { return repack.memory - line.memory; }
};

class CaseRun {
 public:
  explicit CaseRun(const Case& what) : what_(what) {
    const mig::Geometry& geometry = mig::find_product("h100-sxm5-80gb")->geometry;
    pools_ = {{std::make_shared<Shape>(geometry, plain_profiles(geometry)), what.gpus, {}}};
    stream_.share = what.mix->share;
    stream_.rate = rate_for_load(pools_, stream_.share, what.load, kMeanLife);
    stream_.mean_life = kMeanLife;
  }

  Result<Outcome> run() {
    Traffic traffic;
    for (const double share : stream_.share) traffic.rate.push_back(share * stream_.rate);
    traffic.leave = {std::vector<double>(stream_.share.size(), 1 / kMeanLife)};
    const Loss loss = loss_beside(traffic, 0);
    const Loss loss_beside_one = loss_beside(traffic, 0.01);
    const Loss loss_beside_five = loss_beside(traffic, 0.05);
    Outcome outcome;
    outcome.fluid = 100 * TRY(fluid_share());
    MoveLimits one, five;
    one.share = 0.01;
    one.moves_per_refusal = 1;
    for (unsigned seed = 1; seed <= what_.seeds; ++seed) {
      stream_.seed = seed;
      place(loss, nullptr, outcome.alone);
      place(loss_beside_one, &one, outcome.one);
      place(loss_beside_five, &five, outcome.five);
      outcome.repack.add(TRY(replay_repacked(pools_, stream_, {})), 0, what_.seeds);
    }
    return outcome;
  }

 private:
  // Placement that knows how many moves are made beside it.
  Loss loss_beside(const Traffic& traffic, double move_share) const {
    TuningEffort effort;
    effort.move_share = move_share;
    const TunedValue tuned = tuned_value(pools_, traffic, effort);
    return loss_of_value(pools_, tuned.kept, tuned.left);
  }

  Result<double> fluid_share() const {
    const std::vector<unsigned> units = request_units(pools_);
    Fluid fluid;
    for (std::size_t r = 0; r < units.size(); ++r) {
      fluid.offered.push_back(stream_.share[r] * stream_.rate * kMeanLife);
      fluid.value.push_back(units[r]);
    }
    return TRY(fluid_bound(pools_, fluid)).share;
  }

  void place(const Loss& loss, const MoveLimits* limits, Line& line) const {
    FleetState fleet(pools_);
    ByValue policy(fleet, loss);
    std::optional<Migration> migration;
    if (limits != nullptr) migration.emplace(fleet, *limits);
    const auto start = std::chrono::steady_clock::now();
    const OnlineResult result = migration ? replay_online(fleet, policy, *migration, stream_, {})
                                          : replay_online(fleet, policy, stream_, {});
    line.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    line.add(result, migration ? migration->share_moved() : 0, what_.seeds);
  }

  Case what_;
  std::vector<Pool> pools_;
  Stream stream_;
};

struct Bars {
  int met = 0, missed = 0;
  const char* judge(bool ok) {
    (ok ? met : missed)++;
    return ok ? "met" : "NOT MET";
  }
};

Result<> run_case(const Case& what, Bars& bars) {
  const Outcome found = TRY(CaseRun(what).run());
  fmt::print("{:>5} {:.1f} {:<10} {:6.2f} {:6.2f} {:4.2f} {:6.2f} {:4.2f} {:6.2f} {:6.2f}",
             what.gpus, what.load, what.mix->name, found.alone.memory, found.one.memory,
             found.one.moves, found.five.memory, found.five.moves, found.repack.memory,
             found.fluid);
  if (what.load == 1.0) {
    const bool half = found.closed(found.one) >= 50 && found.one.moves <= 1;
    const bool near = found.short_of(found.five) <= 0.5 && found.five.moves <= 5;
    fmt::print("  {:.0f} % closed: {}; {:.2f} short: {}", found.closed(found.one), bars.judge(half),
               found.short_of(found.five), bars.judge(near));
  }
  fmt::print("\n");
  const auto nanoseconds = [](const Line& line) {
    return 1e9 * line.seconds / double(line.events);
  };
  fmt::print(stderr, "{} {} {}: {:.0f} ns an event alone, {:.0f} with 1 %, {:.0f} with 5 %\n",
             what.gpus, what.load, what.mix->name, nanoseconds(found.alone), nanoseconds(found.one),
             nanoseconds(found.five));
  return {};
}

Result<int> run_all(unsigned seeds, std::uint32_t only) {
  fmt::print("accepted memory, per cent; moves per cent of accepted; {} seeds x 60,000\n", seeds);
  fmt::print(" GPUs load mix        alone   1 %  moves   5 %  moves repack  fluid\n");
  Bars bars;
  for (const std::uint32_t gpus : {100u, 1000u}) {
    if (only != 0 && only != gpus) continue;
    for (const double load : {1.0, 0.8, 1.2, 1.5}) {
      for (const Mix& mix : mixes()) {
        const unsigned runs = load == 1.0 ? seeds : std::max(1u, seeds / 5);
        TRY(run_case({gpus, load, &mix, runs}, bars));
      }
    }
  }
  fmt::print("{} bars met, {} not\n", bars.met, bars.missed);
  return bars.missed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int at, int otherwise) {
    return argc > at ? std::atoi(argv[at]) : otherwise;
  };
  const auto code = run_all(static_cast<unsigned>(std::max(1, number(1, 10))),
                            static_cast<std::uint32_t>(number(2, 0)));
  if (code) return *code;
  fmt::print(stderr, "{}\n", code.error().describe());
  return 2;
}
