#include "lab/replay/online.h"

#include <algorithm>

#include "plan/online/departures.h"
#include "plan/online/repack.h"

namespace septet::lab::replay {

namespace {

using plan::online::Choice;
using plan::online::Departures;
using plan::online::FleetState;
using plan::online::Migration;
using plan::online::Policy;
using plan::online::Pool;

// What every replay counts, whoever decides.
class Tally {
 public:
  Tally(std::vector<unsigned> request_units, const OnlineLength& length)
      : units_(std::move(request_units)) {
    not_counted_ =
        static_cast<std::uint64_t>(length.warm_up * static_cast<double>(length.arrivals));
    result_.arrived_of.resize(units_.size());
    result_.accepted_of.resize(units_.size());
  }

  bool counting() const { return not_counted_ == 0; }
  double now() const { return now_; }
  void pass_time(double to, std::uint64_t taken_units) {
    if (counting()) {
      occupied_ += static_cast<double>(taken_units) * (to - now_);
      counted_time_ += to - now_;
    }
    now_ = to;
  }
  void left() { ++result_.events; }
  void moved() { result_.moves += counting() ? 1 : 0; }
  void arrived(unsigned request, bool accepted) {
    ++result_.events;
    if (!counting()) {
      --not_counted_;
      return;
    }
    ++result_.arrived;
    ++result_.arrived_of[request];
    result_.arrived_units += units_[request];
    if (!accepted) return;
    ++result_.accepted;
    ++result_.accepted_of[request];
    result_.accepted_units += units_[request];
  }
  OnlineResult result(std::uint64_t fleet_units) {
    const double whole = counted_time_ * static_cast<double>(fleet_units);
    result_.occupied_share = whole > 0 ? occupied_ / whole : 0;
    return std::move(result_);
  }

 private:
  std::vector<unsigned> units_;
  std::uint64_t not_counted_ = 0;
  double now_ = 0, occupied_ = 0, counted_time_ = 0;
  OnlineResult result_;
};

class OnlineReplay {
 public:
  OnlineReplay(FleetState& fleet, Policy& policy, Migration* migration, const Stream& stream,
               const OnlineLength& length)
      : fleet_(fleet),
        policy_(policy),
        migration_(migration),
        requests_(stream),
        tally_(request_units(fleet.pools()), length) {
    if (migration_ == nullptr) return;
    migration_->on_move([this](const plan::online::Move& move) {
      jobs_[move.job] = move.to;
      tally_.moved();
    });
  }

  OnlineResult run(std::uint64_t arrivals) {
    for (; arrivals > 0; --arrivals) {
      const Request request = requests_.next();
      while (!departures_.empty() && departures_.next().time <= request.time) depart();
      tally_.pass_time(request.time, fleet_.taken_units());
      arrive(request);
    }
    if (migration_ != nullptr) migration_->on_move({});
    return tally_.result(fleet_.units());
  }

 private:
  void depart() {
    const Departures::Leaving leaving = departures_.pop();
    tally_.pass_time(leaving.time, fleet_.taken_units());
    const Choice from = jobs_[leaving.job];
    policy_.departed(leaving.time, from);
    fleet_.release(from);
    idle_.push_back(leaving.job);
    tally_.left();
    if (migration_ != nullptr) migration_->departed();
  }

  void arrive(const Request& request) {
    policy_.arrived(request.time, request.cls);
    auto choice = policy_.choose(request.cls);
    if (!choice && migration_ != nullptr) choice = migration_->make_room(request.cls);
    if (choice) place(*choice, request);
    if (migration_ != nullptr) migration_->settled(choice.has_value());
    tally_.arrived(request.cls, choice.has_value());
  }

  void place(Choice at, const Request& request) {
    if (idle_.empty()) {
      idle_.push_back(static_cast<std::uint32_t>(jobs_.size()));
      jobs_.emplace_back();
    }
    const std::uint32_t job = idle_.back();
    idle_.pop_back();
    jobs_[job] = at;
    fleet_.place(at, job);
    departures_.push({request.time + request.life, job});
  }

  FleetState& fleet_;
  Policy& policy_;
  Migration* migration_;
  Requests requests_;
  Tally tally_;
  Departures departures_;
  std::vector<Choice> jobs_;
  std::vector<std::uint32_t> idle_;
};

std::uint64_t units_of(const std::vector<Pool>& pools) {
  std::uint64_t units = 0;
  for (const Pool& pool : pools) units += std::uint64_t{pool.gpus} * pool.shape->units();
  return units;
}

}  // namespace

std::vector<unsigned> request_units(const std::vector<Pool>& pools) {
  const Pool& first = pools.front();
  const std::size_t requests = first.serves.empty() ? first.shape->classes() : first.serves.size();
  std::vector<unsigned> units(requests, 0);
  for (std::size_t request = 0; request < requests; ++request) {
    for (const Pool& pool : pools) {
      const std::size_t cls = pool.serves.empty() ? request : pool.serves[request];
      if (cls >= pool.shape->classes()) continue;
      const unsigned needs = pool.shape->class_units(static_cast<unsigned>(cls));
      if (units[request] == 0 || needs < units[request]) units[request] = needs;
    }
  }
  return units;
}

double rate_for_load(const std::vector<Pool>& pools, const std::vector<double>& share, double load,
                     double mean_life) {
  const std::vector<unsigned> units = request_units(pools);
  double mean_units = 0;
  double sum = 0;
  for (std::size_t request = 0; request < share.size(); ++request) {
    mean_units += share[request] * units[request];
    sum += share[request];
  }
  return load * static_cast<double>(units_of(pools)) * sum / (mean_units * mean_life);
}

OnlineResult replay_online(FleetState& fleet, Policy& policy, const Stream& stream,
                           const OnlineLength& length) {
  return OnlineReplay(fleet, policy, nullptr, stream, length).run(length.arrivals);
}

OnlineResult replay_online(FleetState& fleet, Policy& policy, Migration& migration,
                           const Stream& stream, const OnlineLength& length) {
  return OnlineReplay(fleet, policy, &migration, stream, length).run(length.arrivals);
}

Result<OnlineResult> replay_repacked(const std::vector<Pool>& pools, const Stream& stream,
                                     const OnlineLength& length) {
  auto repack = TRY(plan::online::Repack::of(pools));
  const std::vector<unsigned> units = request_units(pools);
  Requests requests(stream);
  Tally tally(units, length);
  Departures departures;  // a job's number is its class: nobody is anywhere
  std::uint64_t taken = 0;
  for (std::uint64_t arrivals = length.arrivals; arrivals > 0; --arrivals) {
    const Request request = requests.next();
    while (!departures.empty() && departures.next().time <= request.time) {
      const Departures::Leaving leaving = departures.pop();
      tally.pass_time(leaving.time, taken);
      repack.release(leaving.job);
      taken -= units[leaving.job];
      tally.left();
    }
    tally.pass_time(request.time, taken);
    const bool accepted = repack.accept(request.cls);
    if (accepted) {
      taken += units[request.cls];
      departures.push({request.time + request.life, request.cls});
    }
    tally.arrived(request.cls, accepted);
  }
  return tally.result(units_of(pools));
}

}  // namespace septet::lab::replay
