#include "plan/online/rehearse_moves.h"

#include "base/random.h"
#include "plan/online/departures.h"
#include "plan/online/migrate.h"

namespace septet::plan::online {

namespace {

// The whole fleet, because moves are found by what runs where.
class StageWithMoves {
 public:
  StageWithMoves(const SmallFleet& small, const Traffic& traffic, const Loss& loss,
                 const Rehearsal& rehearsal)
      : fleet_(small.pools),
        ranking_(fleet_),
        migration_(fleet_, limits_of(rehearsal)),
        traffic_(traffic),
        random_(rehearsal.seed),
        arrivals_(rehearsal.arrivals) {
    ranking_.order(loss);
    double sum = 0;
    for (const double rate : traffic.rate) below_.push_back(sum += rate * small.factor);
    for (unsigned r = 0; r < traffic.rate.size(); ++r) units_.push_back(asked_units(fleet_, r));
    migration_.on_move([this](const Move& move) { jobs_[move.job] = move.to; });
  }

  double run() {
    const std::uint64_t warm = arrivals_ / 5;
    for (std::uint64_t i = 0; i < arrivals_; ++i) {
      now_ += random_.exponential(1 / below_.back());
      while (!leaving_.empty() && leaving_.next().time <= now_) {
        const Departures::Leaving gone = leaving_.pop();
        fleet_.release(jobs_[gone.job]);
        migration_.departed(gone.time, jobs_[gone.job]);
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
  static MoveLimits limits_of(const Rehearsal& rehearsal) {
    MoveLimits limits;
    limits.share = rehearsal.move_share;
    return limits;
  }

  bool arrive(unsigned request, double unit_life) {
    migration_.arrived(now_, request);
    auto choice = ranking_.choose(request);
    if (!choice) choice = migration_.make_room(request);
    if (choice) place(*choice, unit_life);
    migration_.settled(choice);
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
  Migration migration_;
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

double rehearse_beside_moves(const std::vector<Pool>& pools, const Traffic& traffic,
                             const Loss& loss, const Rehearsal& rehearsal) {
  SEPTET_ASSERT(rehearsal.move_share > 0);
  return StageWithMoves(small_fleet(pools, rehearsal.gpus), traffic, loss, rehearsal).run();
}

}  // namespace septet::plan::online
