#include "plan/online/ordered_policies.h"

#include <algorithm>

#include "mig/default_placement.h"

namespace septet::plan::online {

namespace {

std::uint8_t lowest_window(const FleetState& state, Gpu gpu, unsigned request) {
  const auto cls = state.serving_class(state.pool(gpu), request);
  return static_cast<std::uint8_t>(std::countr_zero(state.shape(gpu).fits(state.layout(gpu), cls)));
}

mig::Occupancy occupancy_of(const Shape& shape, Shape::Layout layout) {
  mig::Occupancy taken;
  for (std::uint64_t held = shape.held(layout); held != 0; held &= held - 1) {
    const Shape::Window& window = shape.window(static_cast<unsigned>(std::countr_zero(held)));
    taken.add(shape.profile(window.cls), window.at);
  }
  return taken;
}

std::uint8_t drivers_window(const FleetState& state, Gpu gpu, unsigned request) {
  const Shape& shape = state.shape(gpu);
  const auto cls = state.serving_class(state.pool(gpu), request);
  const auto at = mig::default_placement(shape.geometry(), occupancy_of(shape, state.layout(gpu)),
                                         shape.profile(cls));
  SEPTET_ASSERT(at.has_value());
  for (std::uint64_t open = shape.windows_of(cls); open != 0; open &= open - 1) {
    const auto window = static_cast<unsigned>(std::countr_zero(open));
    if (shape.window(window).at == *at) return static_cast<std::uint8_t>(window);
  }
  return lowest_window(state, gpu, request);
}

}  // namespace

std::optional<Choice> FirstFit::choose(unsigned request) {
  const Gpu gpu = order_.next_fit(request, 0);
  if (gpu == state_.gpus()) return std::nullopt;
  switch (start_) {
    case Start::kLowest: return Choice{gpu, lowest_window(state_, gpu, request)};
    case Start::kDriverDefault: return Choice{gpu, drivers_window(state_, gpu, request)};
  }
  return std::nullopt;
}

std::optional<Choice> RoundRobin::choose(unsigned request) {
  Gpu gpu = order_.next_fit(request, after_);
  if (gpu == state_.gpus()) gpu = order_.next_fit(request, 0);
  if (gpu == state_.gpus()) return std::nullopt;
  after_ = gpu + 1;
  return Choice{gpu, lowest_window(state_, gpu, request)};
}

NodePolicy::NodePolicy(FleetState& state, Rule rule) : state_(state), rule_(rule) {
  node_free_.assign((state.gpus() + kGpusPerNode - 1) / kGpusPerNode, 0);
  for (Gpu gpu = 0; gpu < state.gpus(); ++gpu)
    node_free_[gpu / kGpusPerNode] += free_units(state.group(gpu));
  state_.add_watcher(this);
}

NodePolicy::~NodePolicy() { state_.remove_watcher(this); }

void NodePolicy::moved(Gpu gpu, Group from, Group to, std::size_t, std::size_t) {
  node_free_[gpu / kGpusPerNode] += free_units(to) - free_units(from);
}

bool NodePolicy::fits(Gpu gpu, unsigned request) const {
  const auto cls = state_.serving_class(state_.pool(gpu), request);
  return cls != kNoClass && state_.shape(gpu).fits(state_.layout(gpu), cls) != 0;
}

// Of equals the lowest.
std::optional<Gpu> NodePolicy::gpu_of(Gpu node, unsigned request) const {
  std::optional<Gpu> best;
  const Gpu end = std::min(state_.gpus(), (node + 1) * kGpusPerNode);
  for (Gpu gpu = node * kGpusPerNode; gpu < end; ++gpu) {
    if (!fits(gpu, request)) continue;
    if (!best) {
      best = gpu;
      if (rule_ == Rule::kFreeSlots) break;
      continue;
    }
    const unsigned free = free_units(state_.group(gpu));
    const unsigned best_free = free_units(state_.group(*best));
    if (rule_ == Rule::kBinpack ? free < best_free : free > best_free) best = gpu;
  }
  return best;
}

std::optional<Choice> NodePolicy::choose(unsigned request) {
  std::optional<Gpu> best;
  unsigned best_free = 0;
  for (Gpu node = 0; node < node_free_.size(); ++node) {
    const unsigned free = node_free_[node];
    if (best && (rule_ == Rule::kBinpack ? free >= best_free : free <= best_free)) continue;
    const auto gpu = gpu_of(node, request);
    if (!gpu) continue;
    best = gpu;
    best_free = free;
  }
  if (!best) return std::nullopt;
  return Choice{*best, lowest_window(state_, *best, request)};
}

}  // namespace septet::plan::online
