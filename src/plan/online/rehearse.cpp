#include "plan/online/rehearse.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/random.h"
#include "plan/online/departures.h"
#include "plan/online/migrate.h"

namespace septet::plan::online {

namespace {

std::uint64_t gpus_of(const std::vector<Pool>& pools) {
  std::uint64_t gpus = 0;
  for (const Pool& pool : pools) gpus += pool.gpus;
  return gpus;
}

std::vector<Pool> shrunk(std::vector<Pool> pools, double factor) {
  for (Pool& pool : pools) {
    if (pool.gpus == 0) continue;
    pool.gpus = static_cast<std::uint32_t>(std::max(1.0, std::round(pool.gpus * factor)));
  }
  return pools;
}

class Stage {
 public:
  Stage(std::vector<Pool> pools, const Traffic& traffic, double factor, const Loss& loss,
        const Rehearsal& rehearsal)
      : fleet_(std::move(pools)),
        ranking_(fleet_),
        traffic_(traffic),
        random_(rehearsal.seed),
        arrivals_(rehearsal.arrivals) {
    ranking_.order(loss);
    double sum = 0;
    for (const double rate : traffic.rate) below_.push_back(sum += rate * factor);
    for (std::size_t r = 0; r < traffic.rate.size(); ++r) units_.push_back(asked_units(r));
    if (rehearsal.move_share <= 0) return;
    MoveLimits limits;
    limits.share = rehearsal.move_share;
    migration_.emplace(fleet_, limits);
    migration_->on_move([this](const Move& move) { jobs_[move.job] = move.to; });
  }

  double run() {
    const std::uint64_t warm = arrivals_ / 5;
    for (std::uint64_t i = 0; i < arrivals_; ++i) {
      now_ += random_.exponential(1 / below_.back());
      while (!leaving_.empty() && leaving_.next().time <= now_) {
        const Departures::Leaving gone = leaving_.pop();
        fleet_.release(jobs_[gone.job]);
        if (migration_) migration_->departed(gone.time, jobs_[gone.job]);
        idle_.push_back(gone.job);
      }
      const double at = random_.uniform() * below_.back();
      unsigned request = 0;
      while (request + 1 < below_.size() && at >= below_[request]) ++request;
      const bool taken = arrive(request, random_.exponential(1));
      if (i < warm) continue;
      offered_ += units_[request];
      if (taken) accepted_ += units_[request];
    }
    return offered_ > 0 ? accepted_ / offered_ : 0;
  }

 private:
  double asked_units(std::size_t request) const {
    double least = 0;
    for (unsigned p = 0; p < fleet_.pools().size(); ++p) {
      const std::uint8_t cls = fleet_.serving_class(p, static_cast<unsigned>(request));
      if (cls == kNoClass) continue;
      const double units = fleet_.pools()[p].shape->class_units(cls);
      if (least == 0 || units < least) least = units;
    }
    return least;
  }

  bool arrive(unsigned request, double unit_life) {
    if (migration_) migration_->arrived(now_, request);
    auto choice = ranking_.choose(request);
    if (!choice && migration_) choice = migration_->make_room(request);
    if (choice) place(*choice, unit_life);
    if (migration_) migration_->settled(choice);
    return choice.has_value();
  }

  void place(Choice choice, double unit_life) {
    const unsigned pool = fleet_.pool(choice.gpu);
    const std::uint8_t cls = fleet_.shape(choice.gpu).window(choice.window).cls;
    if (idle_.empty()) {
      idle_.push_back(static_cast<Job>(jobs_.size()));
      jobs_.emplace_back();
    }
    const Job job = idle_.back();
    idle_.pop_back();
    jobs_[job] = choice;
    fleet_.place(choice, job);
    leaving_.push({now_ + unit_life / traffic_.leave[pool][cls], job});
  }

  FleetState fleet_;
  Ranking ranking_;
  std::optional<Migration> migration_;
  const Traffic& traffic_;
  Random random_;
  std::uint64_t arrivals_;
  std::vector<double> below_, units_;
  Departures leaving_;
  std::vector<Choice> jobs_;
  std::vector<Job> idle_;
  double now_ = 0, offered_ = 0, accepted_ = 0;
};

}  // namespace

double rehearse(const std::vector<Pool>& pools, const Traffic& traffic, const Loss& loss,
                const Rehearsal& rehearsal) {
  const double factor =
      std::min(1.0, static_cast<double>(rehearsal.gpus) / static_cast<double>(gpus_of(pools)));
  return Stage(shrunk(pools, factor), traffic, factor, loss, rehearsal).run();
}

}  // namespace septet::plan::online
