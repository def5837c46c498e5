#include "plan/fleet/one_product.h"

#include <algorithm>

namespace septet::plan {

namespace {

std::uint64_t weigh(const CountingBound& bound, OneProduct::Demand demand) {
  std::uint64_t weight = 0;
  for (std::size_t c = 0; c < demand.size(); ++c) {
    weight += static_cast<std::uint64_t>(bound.weight[c]) * demand[c];
  }
  return weight;
}

void take_away(std::vector<std::uint64_t>& demand, const ClassCount& added, std::uint64_t times) {
  for (std::size_t c = 0; c < demand.size(); ++c) {
    demand[c] -= std::min(demand[c], added[c] * times);
  }
}

// `gpus` GPUs with one filling, less what nobody asked for: the instances asked for stand on the
// first GPUs, so at most one row per class and one more.
class Trim {
 public:
  Trim(const OneProduct& product, const Filling& filling, std::vector<LayoutRow>& rows)
      : product_(product), filling_(filling), rows_(rows) {}

  void add(std::vector<std::uint64_t> asked, std::uint64_t gpus) {
    while (gpus > 0) {
      ClassCount holds = filling_.added;
      std::uint64_t alike = gpus;
      for (std::size_t c = 0; c < holds.size(); ++c) {
        if (holds[c] == 0) continue;
        const std::uint64_t full = asked[c] / holds[c];
        if (full == 0) {
          holds[c] = static_cast<std::uint16_t>(asked[c]);
          if (asked[c] > 0) alike = 1;
        } else {
          alike = std::min(alike, full);
        }
      }
      for (std::size_t c = 0; c < holds.size(); ++c) asked[c] -= alike * holds[c];
      rows_.push_back({holds, placed(holds), alike});
      gpus -= alike;
    }
  }

 private:
  mig::Layout placed(const ClassCount& holds) const {
    ClassCount left = holds;
    std::vector<mig::Instance> instances;
    for (const mig::Instance& instance : filling_.placed) {
      std::uint16_t& more = left[class_of(product_.classes(), instance.profile)];
      if (more == 0) continue;
      --more;
      instances.push_back(instance);
    }
    auto layout = mig::Layout::make(product_.geometry(), std::move(instances));
    SEPTET_ASSERT(layout.has_value());  // part of a legal layout
    return std::move(*layout);
  }

  const OneProduct& product_;
  const Filling& filling_;
  std::vector<LayoutRow>& rows_;
};

}  // namespace

OneProduct::OneProduct(const mig::Geometry& geometry)
    : geometry_(geometry),
      classes_(packing_classes(geometry)),
      fillings_(fullest_fillings(geometry, classes_, {})),
      bounds_(counting_bounds(classes_.size(), fillings_)) {}

std::uint64_t OneProduct::fewest_gpus(Demand demand) const {
  std::uint64_t gpus = 0;
  for (const CountingBound& bound : bounds_) {
    const auto most = static_cast<std::uint64_t>(bound.most);
    gpus = std::max(gpus, (weigh(bound, demand) + most - 1) / most);
  }
  return gpus;
}

bool OneProduct::fit(Demand demand, std::uint64_t gpus) const {
  return std::ranges::all_of(bounds_, [&](const CountingBound& bound) {
    return weigh(bound, demand) <= static_cast<std::uint64_t>(bound.most) * gpus;
  });
}

// How often the filling can be taken so that the rest fits in the GPUs that are left. That holds up
// to some number and not beyond: the bounds are linear and what is taken away is never negative.
std::uint64_t OneProduct::times(const Filling& filling, Demand left, std::uint64_t gpus) const {
  std::vector<std::uint64_t> rest(left.size());
  const auto possible = [&](std::uint64_t times) {
    std::ranges::copy(left, rest.begin());
    take_away(rest, filling.added, times);
    return fit(rest, gpus - times);
  };
  std::uint64_t yes = 0, no = gpus + 1;
  while (no - yes > 1) {
    const std::uint64_t middle = yes + (no - yes) / 2;
    (possible(middle) ? yes : no) = middle;
  }
  return yes;
}

bool OneProduct::fill(Demand demand, std::uint64_t gpus, std::vector<LayoutRow>& rows) const {
  std::vector<std::uint64_t> left(demand.begin(), demand.end());
  rows.clear();
  for (const Filling& filling : fillings_) {
    const std::uint64_t often = times(filling, left, gpus);
    if (often == 0) continue;
    Trim(*this, filling, rows).add(left, often);
    take_away(left, filling.added, often);
    gpus -= often;
  }
  return std::ranges::all_of(left, [](std::uint64_t count) { return count == 0; });
}

OneProductPacking OneProduct::pack(Demand demand) const {
  OneProductPacking packing;
  packing.bound = fewest_gpus(demand);
  for (std::size_t b = 0; packing.bound > 0 && b < bounds_.size(); ++b) {
    const std::uint64_t of_one_less =
        static_cast<std::uint64_t>(bounds_[b].most) * (packing.bound - 1);
    if (weigh(bounds_[b], demand) > of_one_less) packing.binding = b;
  }
  // The first try succeeds on every product of the tables. A driver may report a geometry that is
  // in none of them; there a GPU more may be needed than counting shows.
  packing.gpus = packing.bound;
  while (!fill(demand, packing.gpus, packing.rows)) ++packing.gpus;
  return packing;
}

void expand(const OneProductPacking& packing,
            const std::function<void(std::uint64_t, const mig::Layout&)>& visit) {
  std::uint64_t number = 0;
  for (const LayoutRow& row : packing.rows) {
    for (std::uint64_t gpu = 0; gpu < row.gpus; ++gpu) visit(number++, row.layout);
  }
}

}  // namespace septet::plan
