#include "plan/fleet/keep_apart.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "plan/fleet/max_flow.h"

namespace septet::plan {

namespace {

using ApartCount = MaxFlow::Amount;

// Which profile a demand takes in a slot of a class; nullptr: none there does.
class TakenProfiles {
 public:
  TakenProfiles(const Fleet& fleet, const FleetFillings& fillings) {
    for (const FleetDemand& demand : fleet.demands) {
      auto& products = profile_.emplace_back();
      for (const auto& classes : fillings.classes) products.emplace_back(classes.size(), nullptr);
      for (const FleetChoice& choice : demand.choices) {
        auto& slot =
            products[choice.product][class_of(fillings.classes[choice.product], choice.profile)];
        if (slot == nullptr) slot = choice.profile;
      }
    }
  }
  const mig::GpuInstanceProfile* in(std::size_t demand, std::size_t product,
                                    std::size_t slot_class) const {
    return profile_[demand][product][slot_class];
  }

 private:
  std::vector<std::vector<std::vector<const mig::GpuInstanceProfile*>>> profile_;
};

// Replicas of a demand in the slots of a class, on GPUs that are filled alike.
struct ApartPart {
  std::size_t demand = 0, slot_class = 0;
  ApartCount replicas = 0;
};

// The most that can flow where some edges have to carry something: what has to flow is sent first,
// around through an edge from the sink back to the source.
class FlowWithLeast {
 public:
  std::size_t source() const { return source_; }
  std::size_t sink() const { return sink_; }
  std::size_t add_node() { return flow_.add_node(); }
  // Its number; what has to flow is not in flow(number).
  std::size_t add_edge(std::size_t from, std::size_t to, ApartCount least, ApartCount most) {
    if (least > 0) {
      flow_.add_edge(must_source_, to, least);
      flow_.add_edge(from, must_sink_, least);
      must_ += least;
    }
    return flow_.add_edge(from, to, most - least);
  }
  void run() {
    const std::size_t back = flow_.add_edge(sink_, source_, MaxFlow::kPlenty);
    const ApartCount met = flow_.run(must_source_, must_sink_);
    SEPTET_ASSERT(met == must_);
    flow_.close(back);
    flow_.run(source_, sink_);
  }
  ApartCount flow(std::size_t edge) const { return flow_.flow(edge); }

 private:
  MaxFlow flow_;
  std::size_t source_ = flow_.add_node(), sink_ = flow_.add_node();
  std::size_t must_source_ = flow_.add_node(), must_sink_ = flow_.add_node();
  ApartCount must_ = 0;
};

// GPUs that are filled alike and what they shall carry, taken off GPU by GPU.
class ApartGpus {
 public:
  ApartGpus(const Fleet& fleet, const Filling& filling, std::uint64_t gpus,
            std::vector<ApartPart> parts)
      : fleet_(fleet),
        filling_(filling),
        left_(static_cast<ApartCount>(gpus)),
        parts_(std::move(parts)) {
    std::erase_if(parts_, [](const ApartPart& part) { return part.replicas == 0; });
  }
  bool done() const { return parts_.empty(); }

  // What the next GPU carries, by part, and how many GPUs in a row may be the same.
  std::pair<std::vector<ApartPart>, std::uint64_t> next() {
    std::vector<ApartPart> one = of_one_gpu();
    const ApartCount alike = how_often(one);
    SEPTET_ASSERT(alike > 0);
    left_ -= alike;
    for (std::size_t i = 0; i < parts_.size(); ++i) parts_[i].replicas -= alike * one[i].replicas;
    std::erase_if(parts_, [](const ApartPart& part) { return part.replicas == 0; });
    std::erase_if(one, [](const ApartPart& part) { return part.replicas == 0; });
    return {std::move(one), static_cast<std::uint64_t>(alike)};
  }

 private:
  bool apart(std::size_t demand) const { return fleet_.demands[demand].workload.apart; }
  ApartCount of_demand(const std::vector<ApartPart>& parts, std::size_t demand) const {
    ApartCount sum = 0;
    for (const ApartPart& part : parts) sum += part.demand == demand ? part.replicas : 0;
    return sum;
  }
  static ApartCount of_class(const std::vector<ApartPart>& parts, std::size_t slot_class) {
    ApartCount sum = 0;
    for (const ApartPart& part : parts) sum += part.slot_class == slot_class ? part.replicas : 0;
    return sum;
  }

  // As much as one GPU takes, and at least what the others could not take without it. That exists,
  // because what is left can be divided among the GPUs.
  std::vector<ApartPart> of_one_gpu() const {
    FlowWithLeast flow;
    std::vector<std::size_t> class_node;
    for (std::size_t c = 0; c < filling_.added.size(); ++c) {
      const ApartCount slots = filling_.added[c];
      const ApartCount least = std::max<ApartCount>(0, of_class(parts_, c) - (left_ - 1) * slots);
      class_node.push_back(flow.add_node());
      flow.add_edge(class_node[c], flow.sink(), least, slots);
    }
    std::map<std::size_t, std::size_t> demand_node;
    std::vector<std::size_t> edges;
    for (const ApartPart& part : parts_) {
      const auto [known, added] = demand_node.try_emplace(part.demand, 0);
      if (added) {
        const ApartCount all = of_demand(parts_, part.demand);
        const bool one = apart(part.demand);
        known->second = flow.add_node();
        flow.add_edge(flow.source(), known->second, one && all == left_ ? 1 : 0, one ? 1 : all);
      }
      edges.push_back(flow.add_edge(known->second, class_node[part.slot_class], 0, part.replicas));
    }
    flow.run();
    std::vector<ApartPart> one = parts_;
    for (std::size_t i = 0; i < one.size(); ++i) one[i].replicas = flow.flow(edges[i]);
    return one;
  }

  // So often that the rest can still be divided among the GPUs that are then left.
  ApartCount how_often(const std::vector<ApartPart>& one) const {
    ApartCount most = left_;
    for (std::size_t i = 0; i < one.size(); ++i) {
      if (one[i].replicas > 0) most = std::min(most, parts_[i].replicas / one[i].replicas);
      const std::size_t demand = one[i].demand;
      if (apart(demand) && of_demand(one, demand) == 0)
        most = std::min(most, left_ - of_demand(parts_, demand));
    }
    for (std::size_t c = 0; c < filling_.added.size(); ++c) {
      const ApartCount slots = filling_.added[c], unused = slots - of_class(one, c);
      if (unused > 0) most = std::min(most, (left_ * slots - of_class(parts_, c)) / unused);
    }
    return most;
  }

  const Fleet& fleet_;
  const Filling& filling_;
  ApartCount left_;
  std::vector<ApartPart> parts_;
};

// The whole question as one network.
class ApartNetwork {
 public:
  ApartNetwork(const Fleet& fleet, const TakenProfiles& takes, const std::vector<FilledGpus>& gpus,
               const std::vector<std::uint64_t>& wanted)
      : fleet_(fleet), takes_(takes), source_(flow_.add_node()), sink_(flow_.add_node()) {
    for (const std::uint64_t replicas : wanted) {
      demand_.push_back(flow_.add_node());
      flow_.add_edge(source_, demand_.back(), static_cast<ApartCount>(replicas));
      wanted_ += static_cast<ApartCount>(replicas);
    }
    for (const FilledGpus& one : gpus) add(one);
  }

  bool all_placed() { return flow_.run(source_, sink_) == wanted_; }
  std::vector<bool> before_the_cut() const {
    std::vector<bool> found;
    for (const std::size_t node : demand_) found.push_back(flow_.reached(node));
    return found;
  }
  std::vector<ApartPart> parts(std::size_t gpus) const {
    std::vector<ApartPart> parts = parts_[gpus];
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i].replicas = flow_.flow(edge_[gpus][i]);
    return parts;
  }

 private:
  void add(const FilledGpus& gpus) {
    const auto many = static_cast<ApartCount>(gpus.gpus);
    auto& parts = parts_.emplace_back();
    auto& edges = edge_.emplace_back();
    const auto& slots = gpus.filling->added;
    std::vector<std::size_t> class_node;
    for (const std::uint16_t count : slots) {
      class_node.push_back(flow_.add_node());
      flow_.add_edge(class_node.back(), sink_, many * count);
    }
    for (std::size_t d = 0; d < demand_.size(); ++d) {
      std::size_t from = demand_[d];
      for (std::size_t c = 0; c < slots.size(); ++c) {
        if (slots[c] == 0 || takes_.in(d, fleet_.pools[gpus.pool].product, c) == nullptr) continue;
        if (from == demand_[d] && fleet_.demands[d].workload.apart) {
          from = flow_.add_node();
          flow_.add_edge(demand_[d], from, many);
        }
        parts.push_back({d, c, 0});
        edges.push_back(flow_.add_edge(from, class_node[c], many * slots[c]));
      }
    }
  }

  const Fleet& fleet_;
  const TakenProfiles& takes_;
  MaxFlow flow_;
  std::size_t source_, sink_;
  ApartCount wanted_ = 0;
  std::vector<std::size_t> demand_;
  std::vector<std::vector<ApartPart>> parts_;  // by GPUs filled alike; replicas 0
  std::vector<std::vector<std::size_t>> edge_;
};

class RowsApart {
 public:
  RowsApart(const Fleet& fleet, const FleetFillings& fillings, const TakenProfiles& takes,
            KeptApart& answer)
      : fleet_(fleet), fillings_(fillings), takes_(takes), answer_(answer) {}

  void add(const FilledGpus& gpus, std::vector<ApartPart> parts) {
    ApartGpus alike(fleet_, *gpus.filling, gpus.gpus, std::move(parts));
    while (!alike.done()) {
      auto [one, times] = alike.next();
      add_row(gpus, std::move(one), times);
    }
  }

 private:
  void add_row(const FilledGpus& gpus, std::vector<ApartPart> one, std::uint64_t times) {
    const std::size_t product = fleet_.pools[gpus.pool].product;
    FleetRow row{gpus.pool, {}, times, {}};
    for (const ApartPart& part : one) {
      const FleetChoice choice{product, takes_.in(part.demand, product, part.slot_class)};
      share(part.demand, choice).replicas += times * static_cast<std::uint64_t>(part.replicas);
    }
    for (const mig::Instance& place : gpus.filling->placed) {
      const std::size_t c = class_of(fillings_.classes[product], place.profile);
      const auto taker = std::ranges::find_if(
          one, [c](const ApartPart& part) { return part.slot_class == c && part.replicas > 0; });
      if (taker == one.end()) continue;
      --taker->replicas;
      row.added.push_back({takes_.in(taker->demand, product, c), place.at});
      row.carries.push_back(taker->demand);
    }
    answer_.rows.push_back(std::move(row));
  }

  FleetShare& share(std::size_t demand, const FleetChoice& choice) {
    for (FleetShare& known : answer_.shares) {
      if (known.demand == demand && known.choice == choice) return known;
    }
    answer_.shares.push_back({demand, choice, 0});
    return answer_.shares.back();
  }

  const Fleet& fleet_;
  const FleetFillings& fillings_;
  const TakenProfiles& takes_;
  KeptApart& answer_;
};

}  // namespace

KeptApart keep_apart(const Fleet& fleet, const FleetFillings& fillings,
                     const std::vector<FilledGpus>& gpus,
                     const std::vector<std::uint64_t>& wanted) {
  const TakenProfiles takes(fleet, fillings);
  ApartNetwork network(fleet, takes, gpus, wanted);
  KeptApart answer;
  if (!network.all_placed()) {
    answer.too_many = network.before_the_cut();
    return answer;
  }
  RowsApart rows(fleet, fillings, takes, answer);
  for (std::size_t g = 0; g < gpus.size(); ++g) rows.add(gpus[g], network.parts(g));
  std::ranges::sort(answer.shares, {}, [](const FleetShare& share) {
    return std::tuple(share.demand, share.choice.product, share.choice.profile->size);
  });
  return answer;
}

}  // namespace septet::plan
