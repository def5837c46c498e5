#include "plan/online/static_layouts.h"

#include <algorithm>

namespace septet::plan::online {

namespace {

bool can_host(const Shape& shape, unsigned host, unsigned cls) {
  const auto& large = shape.profile(host);
  const auto& small = shape.profile(cls);
  return large.size >= small.size && large.slices >= small.slices;
}

}  // namespace

StaticLayouts::StaticLayouts(FleetState& state, const std::vector<StaticShare>& shares)
    : state_(state) {
  SEPTET_ASSERT(state.pools().size() == 1);
  const Shape& shape = *state.pools().front().shape;
  idle_.resize(shape.classes());
  for (unsigned request = 0; request < state.request_classes(); ++request) {
    hosts_.emplace_back();
    const auto cls = state.serving_class(0, request);
    if (cls == kNoClass) continue;
    for (unsigned host = 0; host < shape.classes(); ++host) {
      if (can_host(shape, host, cls)) hosts_.back().push_back(host);
    }
  }
  Gpu gpu = 0;
  for (const StaticShare& share : shares) {
    for (std::uint32_t i = 0; i < share.gpus; ++i, ++gpu) {
      for (std::uint64_t held = share.held; held != 0; held &= held - 1) {
        const auto window = static_cast<unsigned>(std::countr_zero(held));
        idle_[shape.window(window).cls].push_back({gpu, static_cast<std::uint8_t>(window)});
      }
    }
  }
  SEPTET_ASSERT(gpu == state.gpus());
}

std::optional<Choice> StaticLayouts::choose(unsigned request) {
  for (const unsigned host : hosts_[request]) {
    if (idle_[host].empty()) continue;
    const Choice at = idle_[host].back();
    idle_[host].pop_back();
    return at;
  }
  return std::nullopt;
}

void StaticLayouts::departed(double, Choice from) {
  idle_[state_.shape(from.gpu).window(from.window).cls].push_back(from);
}

std::vector<StaticShare> same_everywhere(const FleetState& state,
                                         const std::vector<unsigned>& counts) {
  const Shape& shape = *state.pools().front().shape;
  for (unsigned i = 0; i < shape.layouts(); ++i) {
    const auto layout = static_cast<Shape::Layout>(i);
    bool same = true;
    for (unsigned cls = 0; cls < shape.classes() && same; ++cls)
      same = shape.count(layout, cls) == (cls < counts.size() ? counts[cls] : 0);
    if (same) return {{shape.held(layout), state.gpus()}};
  }
  return {};
}

std::vector<StaticShare> best_mixed(const FleetState& state, const Known& known) {
  const Shape& shape = *state.pools().front().shape;
  // How many of each class would run, in instances.
  double mean_units = 0;
  for (unsigned r = 0; r < known.share.size(); ++r)
    mean_units += known.share[r] * shape.class_units(r);
  std::vector<double> missing;
  for (unsigned r = 0; r < known.share.size(); ++r) {
    missing.push_back(known.load * static_cast<double>(state.units()) * known.share[r] /
                      mean_units);
  }
  // GPU by GPU the layout that serves the most memory still missing; the fuller of equals.
  std::vector<std::uint32_t> dealt(shape.layouts(), 0);
  for (Gpu gpu = 0; gpu < state.gpus(); ++gpu) {
    double best = -1;
    unsigned best_layout = 0;
    for (unsigned layout = 0; layout < shape.layouts(); ++layout) {
      double served = 1e-3 * shape.taken_units(static_cast<Shape::Layout>(layout));
      for (unsigned cls = 0; cls < missing.size(); ++cls) {
        const double count = shape.count(static_cast<Shape::Layout>(layout), cls);
        served += shape.class_units(cls) * std::min(count, std::max(missing[cls], 0.0));
      }
      if (served > best) {
        best = served;
        best_layout = layout;
      }
    }
    ++dealt[best_layout];
    for (unsigned cls = 0; cls < missing.size(); ++cls)
      missing[cls] -= shape.count(static_cast<Shape::Layout>(best_layout), cls);
  }
  std::vector<StaticShare> shares;
  for (unsigned layout = 0; layout < shape.layouts(); ++layout) {
    if (dealt[layout] > 0)
      shares.push_back({shape.held(static_cast<Shape::Layout>(layout)), dealt[layout]});
  }
  return shares;
}

}  // namespace septet::plan::online
