// lab/queue/fixed_layouts.cpp — what a layout that stays gives: the best uniform one, and the best
// mix, found afterwards.
#include <algorithm>

#include "lab/queue/baselines.h"

namespace septet::lab::queue {

namespace {

class FixedLayouts : public Policy {
 public:
  FixedLayouts(std::vector<std::vector<int>> layouts, bool promotion, std::string name)
      : layouts_(std::move(layouts)), promotion_(promotion), name_(std::move(name)) {}
  std::string name() const override { return name_; }

  void begin(Fleet& fleet) override {
    for (unsigned gpu = 0; gpu < fleet.gpus().size(); ++gpu) fleet.prepare(gpu, layouts_[gpu]);
  }

  void decide(Fleet& fleet, const Happened& happened) override {
    const std::vector<unsigned> queue = fleet.waiting();
    for (const unsigned job : queue) start(fleet, job);
    if (!promotion_ || !fleet.waiting().empty()) return;
    for (const unsigned gpu : happened.ended)
      while (promote(fleet, gpu)) {
      }
  }

 private:
  static double speed_at(const Fleet& fleet, unsigned job, int place) {
    return fleet.about(job)
        .speed[fleet.world().places.all[static_cast<std::size_t>(place)].profile];
  }
  static bool taken(const Fleet& fleet, unsigned gpu, int place) {
    return std::ranges::any_of(fleet.gpus()[gpu].jobs,
                               [&](unsigned job) { return fleet.job(job).place == place; });
  }
  static std::vector<Seat> seats_of(const Fleet& fleet, unsigned gpu) {
    std::vector<Seat> seats;
    for (const unsigned job : fleet.gpus()[gpu].jobs) seats.push_back({job, fleet.job(job).place});
    return seats;
  }

  void start(Fleet& fleet, unsigned job) const {
    double best = 0;
    Seat seat{job, kNowhere};
    unsigned on = 0, slices = 0;
    for (unsigned gpu = 0; gpu < layouts_.size(); ++gpu) {
      for (const int place : layouts_[gpu]) {
        const double speed = speed_at(fleet, job, place);
        const unsigned size = fleet.world().places.slices_of(place);
        const bool better = speed > best || (speed == best && size < slices);
        if (speed <= 0 || !better || taken(fleet, gpu, place)) continue;
        best = speed;
        slices = size;
        seat.place = place;
        on = gpu;
      }
    }
    if (seat.place == kNowhere) return;
    std::vector<Seat> seats = seats_of(fleet, on);
    seats.push_back(seat);
    fleet.recut(on, seats);
  }

  // The smallest instance's job moves to the largest free one, when that is faster.
  bool promote(Fleet& fleet, unsigned gpu) const {
    std::vector<Seat> seats = seats_of(fleet, gpu);
    Seat* chosen = nullptr;
    int target = kNowhere;
    double gain = 0;
    for (Seat& seat : seats) {
      for (const int place : layouts_[gpu]) {
        const double more =
            speed_at(fleet, seat.job, place) - speed_at(fleet, seat.job, seat.place);
        if (more <= gain || taken(fleet, gpu, place)) continue;
        gain = more;
        chosen = &seat;
        target = place;
      }
    }
    if (chosen == nullptr) return false;
    chosen->place = target;
    fleet.recut(gpu, seats);
    return true;
  }

  std::vector<std::vector<int>> layouts_;
  bool promotion_;
  std::string name_;
};

}  // namespace

std::unique_ptr<Policy> fixed_layouts(std::vector<std::vector<int>> layouts, bool promotion,
                                      std::string name) {
  return std::make_unique<FixedLayouts>(std::move(layouts), promotion, std::move(name));
}

}  // namespace septet::lab::queue
