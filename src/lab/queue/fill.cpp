#include "lab/queue/fill.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <deque>
#include <functional>

#include "lab/queue/world.h"

namespace septet::lab::queue {

namespace {

using plan::online::Choice;
using plan::online::FleetState;
using plan::online::Group;
using plan::online::Shape;

class Fill : public Dispatcher {
 public:
  Fill(const FillTuning& tuning, const FleetState& state, std::span<const SliceJob> jobs)
      : tuning_(tuning), state_(state), shape_(*state.pools().front().shape), jobs_(jobs) {
    for (unsigned layout = 0; layout < shape_.layouts(); ++layout) {
      double open = 0;
      for (unsigned cls = 0; cls < shape_.classes(); ++cls) {
        open += shape_.remaining(static_cast<Shape::Layout>(layout), cls) * shape_.class_units(cls);
      }
      openness_.push_back(open);
    }
  }

  void arrived(double now, unsigned) override { now_ = now; }
  void departed(double now, Choice) override { now_ = now; }

  void dispatch(std::span<const std::uint32_t> waiting,
                const std::function<void(Started)>& start) override {
    std::vector<std::deque<Waiting>> queues(shape_.classes());
    for (const std::uint32_t job : waiting) {
      queues[jobs_[job].request].push_back({job, worth(job)});
    }
    if (tuning_.lengths_known) {
      for (auto& queue : queues)
        std::ranges::stable_sort(queue, std::ranges::greater{}, &Waiting::worth);
    }
    while (true) {
      const Best best = find(queues);
      if (best.added == 0) return;
      const plan::online::Gpu gpu = state_.members(best.group).back();
      for (std::uint64_t added = best.added; added != 0; added &= added - 1) {
        const auto window = static_cast<std::uint8_t>(std::countr_zero(added));
        auto& queue = queues[shape_.window(window).cls];
        const std::uint32_t job = queue.front().job;
        queue.pop_front();
        start({job, Choice{gpu, window}});
      }
    }
  }

 private:
  struct Waiting {
    std::uint32_t job = 0;
    double worth = 0;
  };
  double worth(std::uint32_t index) const {
    const SliceJob& job = jobs_[index];
    const double worth = (shape_.profile(job.request).slices + tuning_.per_job) *
                         std::pow(now_ - job.arrives + tuning_.fresh, tuning_.aging);
    return tuning_.lengths_known ? worth * std::pow(job.seconds, -tuning_.shortness) : worth;
  }

  struct Best {
    double gain = -kForever;
    Group group = 0;
    std::uint64_t added = 0;
  };

  // Value of what is added; nothing when more is added of a class than waits.
  std::optional<double> value(std::uint64_t added,
                              const std::vector<std::deque<Waiting>>& queues) const {
    double sum = 0;
    for (unsigned cls = 0; cls < shape_.classes(); ++cls) {
      const auto count = static_cast<std::size_t>(std::popcount(added & shape_.windows_of(cls)));
      if (count > queues[cls].size()) return std::nullopt;
      for (std::size_t i = 0; i < count; ++i) sum += queues[cls][i].worth;
    }
    return sum;
  }

  Best find(const std::vector<std::deque<Waiting>>& queues) const {
    Best best;
    if (std::ranges::all_of(queues, [](const auto& queue) { return queue.empty(); })) return best;
    for (Group group = 0; group < state_.groups(); ++group) {
      if (state_.members(group).empty()) continue;
      const Shape::Layout now = state_.layout_of_group(group);
      if (shape_.fits(now) == 0) continue;
      const std::uint64_t held = shape_.held(now);
      for (unsigned other = 0; other < shape_.layouts(); ++other) {
        const std::uint64_t more = shape_.held(static_cast<Shape::Layout>(other));
        if ((more & held) != held || more == held) continue;
        const auto worth = value(more & ~held, queues);
        if (!worth) continue;
        const double gain = *worth + tuning_.openness * (openness_[other] - openness_[now]);
        if (gain > best.gain) best = {gain, group, more & ~held};
      }
    }
    return best;
  }

  FillTuning tuning_;
  double now_ = 0;
  const FleetState& state_;
  const Shape& shape_;
  std::span<const SliceJob> jobs_;
  std::vector<double> openness_;  // by layout
};

}  // namespace

MakeDispatcher fill(const FillTuning& tuning) {
  return [tuning](FleetState& state, std::span<const SliceJob> jobs) {
    return std::make_unique<Fill>(tuning, state, jobs);
  };
}

}  // namespace septet::lab::queue
