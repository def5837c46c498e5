#include "lab/replay/online.h"

#include <algorithm>

#include "plan/online/departures.h"

namespace septet::lab::replay {

namespace {

using plan::online::Choice;
using plan::online::Departures;
using plan::online::FleetState;
using plan::online::Migration;
using plan::online::Policy;

class OnlineReplay {
 public:
  OnlineReplay(FleetState& fleet, Policy& policy, const Stream& stream, const OnlineLength& length,
               Migration* migration)
      : fleet_(fleet),
        policy_(policy),
        migration_(migration),
        requests_(stream),
        units_(request_units(fleet)) {
    if (migration_ != nullptr) {
      migration_->on_move([this](const plan::online::Move& move) { jobs_[move.job] = move.to; });
    }
    left_ = length.arrivals;
    not_counted_ = static_cast<std::uint64_t>(length.warm_up * static_cast<double>(left_));
    result_.arrived_of.resize(units_.size());
    result_.accepted_of.resize(units_.size());
  }

  OnlineResult run() {
    while (left_ > 0) {
      const Request request = requests_.next();
      while (!departures_.empty() && departures_.next().time <= request.time) depart();
      pass_time(request.time);
      arrive(request);
      --left_;
    }
    if (migration_ != nullptr) migration_->on_move({});
    const double whole = counted_time_ * static_cast<double>(fleet_.units());
    result_.occupied_share = whole > 0 ? occupied_ / whole : 0;
    return std::move(result_);
  }

 private:
  bool counting() const { return not_counted_ == 0; }

  void pass_time(double to) {
    if (counting()) {
      occupied_ += static_cast<double>(fleet_.taken_units()) * (to - now_);
      counted_time_ += to - now_;
    }
    now_ = to;
  }

  void depart() {
    const Departures::Leaving leaving = departures_.pop();
    pass_time(leaving.time);
    const Choice from = jobs_[leaving.job];
    policy_.departed(now_, from);
    fleet_.release(from);
    if (migration_ != nullptr) migration_->departed(now_, from);
    idle_.push_back(leaving.job);
    ++result_.events;
  }

  void arrive(const Request& request) {
    ++result_.events;
    policy_.arrived(now_, request.cls);
    if (migration_ != nullptr) migration_->arrived(now_, request.cls);
    auto choice = policy_.choose(request.cls);
    if (!choice && migration_ != nullptr) choice = migration_->make_room(request.cls);
    if (choice) place(*choice, request);
    if (migration_ != nullptr) migration_->settled(choice);
    if (!counting()) {
      --not_counted_;
      return;
    }
    const unsigned units = units_[request.cls];
    ++result_.arrived;
    ++result_.arrived_of[request.cls];
    result_.arrived_units += units;
    if (!choice) return;
    ++result_.accepted;
    ++result_.accepted_of[request.cls];
    result_.accepted_units += units;
  }

  void place(Choice at, const Request& request) {
    std::uint32_t job = 0;
    if (idle_.empty()) {
      job = static_cast<std::uint32_t>(jobs_.size());
      jobs_.emplace_back();
    } else {
      job = idle_.back();
      idle_.pop_back();
    }
    jobs_[job] = at;
    fleet_.place(at, job);
    departures_.push({now_ + request.life, job});
  }

  FleetState& fleet_;
  Policy& policy_;
  Migration* migration_;
  Requests requests_;
  std::vector<unsigned> units_;
  std::uint64_t left_ = 0, not_counted_ = 0;
  Departures departures_;
  std::vector<Choice> jobs_;
  std::vector<std::uint32_t> idle_;
  double now_ = 0, occupied_ = 0, counted_time_ = 0;
  OnlineResult result_;
};

}  // namespace

std::vector<unsigned> request_units(const FleetState& fleet) {
  std::vector<unsigned> units(fleet.request_classes(), 0);
  for (unsigned request = 0; request < units.size(); ++request) {
    for (unsigned pool = 0; pool < fleet.pools().size(); ++pool) {
      const auto cls = fleet.serving_class(pool, request);
      if (cls == plan::online::kNoClass) continue;
      const unsigned needs = fleet.pools()[pool].shape->class_units(cls);
      if (units[request] == 0 || needs < units[request]) units[request] = needs;
    }
  }
  return units;
}

double rate_for_load(const FleetState& fleet, const std::vector<double>& share, double load,
                     double mean_life) {
  const std::vector<unsigned> units = request_units(fleet);
  double mean_units = 0;
  double sum = 0;
  for (std::size_t request = 0; request < share.size(); ++request) {
    mean_units += share[request] * units[request];
    sum += share[request];
  }
  return load * static_cast<double>(fleet.units()) * sum / (mean_units * mean_life);
}

OnlineResult replay_online(FleetState& fleet, Policy& policy, const Stream& stream,
                           const OnlineLength& length, Migration* migration) {
  return OnlineReplay(fleet, policy, stream, length, migration).run();
}

}  // namespace septet::lab::replay
