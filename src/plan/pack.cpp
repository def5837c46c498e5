#include "plan/pack.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "plan/pack_search.h"

namespace septet::plan {

namespace {

constexpr unsigned kMostPerGpu = 15;  // GPU instances, whatever the product (rules R2)

// Demands that want the same profile everywhere are one class; each that keeps apart is its own.
struct Classes {
  std::vector<std::size_t> of_demand;
  std::vector<ClassProfiles> by_kind;  // [kind][class]
  std::vector<std::pair<std::size_t, std::size_t>> apart;
  std::size_t count = 0;

  bool keeps_apart(std::size_t a, std::size_t b) const {
    return std::ranges::any_of(apart, [a, b](const auto& pair) {
      return pair == std::pair(a, b) || pair == std::pair(b, a);
    });
  }
};

Classes classes_of(const PackRequest& request) {
  Classes classes;
  classes.by_kind.resize(request.kinds.size());
  std::vector<const Demand*> first;
  std::vector<bool> apart(request.demands.size(), false);
  for (const auto& [a, b] : request.apart) apart[a] = apart[b] = true;
  for (std::size_t d = 0; d < request.demands.size(); ++d) {
    const Demand& demand = request.demands[d];
    const auto same = std::ranges::find_if(first, [&](const Demand* other) {
      return !apart[d] && !apart[static_cast<std::size_t>(other - request.demands.data())] &&
             other->profiles == demand.profiles;
    });
    classes.of_demand.push_back(static_cast<std::size_t>(same - first.begin()));
    if (same != first.end()) continue;
    first.push_back(&demand);
    for (std::size_t k = 0; k < request.kinds.size(); ++k) {
      classes.by_kind[k].push_back(demand.profiles[k]);
    }
  }
  classes.count = first.size();
  for (const auto& [a, b] : request.apart)
    classes.apart.emplace_back(classes.of_demand[a], classes.of_demand[b]);
  return classes;
}

// GPUs that hold something first, empty ones grouped: what the search wants (pack_search.h).
std::vector<std::size_t> search_order(const PackRequest& request) {
  std::vector<std::size_t> order(request.bins.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&request](std::size_t b) {
    const Bin& bin = request.bins[b];
    if (!bin.held.empty()) return std::tuple(0u, 0u, 0u);
    return std::tuple(1u, bin.mode_cost, bin.kind);
  });
  return order;
}

bool same_held(const std::vector<Held>& a, const std::vector<Held>& b) {
  return std::ranges::equal(a, b, [](const Held& x, const Held& y) {
    return x.instance == y.instance && x.busy == y.busy && x.serves == y.serves;
  });
}

bool fills_apart(const Classes& classes, const Fill& fill) {
  return std::ranges::none_of(classes.apart, [&fill](const auto& pair) {
    const auto& [a, b] = pair;
    return a == b ? fill[a] > 1 : fill[a] > 0 && fill[b] > 0;
  });
}

// Of classes that all keep apart from each other and from themselves, a GPU carries one replica.
std::vector<Argument> arguments_of_apart(const Classes& classes) {
  std::vector<Argument> arguments;
  for (std::size_t c = 0; c < classes.count; ++c) {
    std::vector<std::size_t> together;
    for (std::size_t step = 0; step < classes.count; ++step) {
      const std::size_t next = (c + step) % classes.count;
      const bool joins =
          classes.keeps_apart(next, next) && std::ranges::all_of(together, [&](std::size_t other) {
            return classes.keeps_apart(next, other);
          });
      if (joins) together.push_back(next);
    }
    if (!classes.keeps_apart(c, c)) continue;
    Argument argument{std::vector<unsigned>(classes.count, 0), 1, "replicas that keep apart"};
    for (const std::size_t one : together) argument.weight[one] = 1;
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

// The search's view of a node, built once for all questions about it.
class Model {
 public:
  Model(const PackRequest& request, const Classes& classes, bool as_if_empty)
      : request_(request), classes_(classes), order_(search_order(request)) {
    cap_.assign(classes.count, 0);
    const std::size_t most = request.bins.size() * kMostPerGpu;
    for (std::size_t d = 0; d < request.demands.size(); ++d) {
      std::uint16_t& cap = cap_[classes.of_demand[d]];
      cap = static_cast<std::uint16_t>(
          std::min<std::size_t>(cap + request.demands[d].replicas, most));
    }
    for (std::size_t c = 0; c < classes.count; ++c) {
      if (classes.keeps_apart(c, c)) cap_[c] = std::min<std::uint16_t>(cap_[c], 1);
    }
    if (as_if_empty) {
      std::ranges::stable_sort(order_, {},
                               [&request](std::size_t b) { return request.bins[b].kind; });
    }
    for (const std::size_t b : order_) add(request.bins[b], as_if_empty);
    arguments_ = arguments_for(request.kinds, classes.by_kind);
    for (Argument& argument : arguments_of_apart(classes))
      arguments_.push_back(std::move(argument));
  }

  PackSearch search(std::uint64_t most = ~std::uint64_t{0}) const {
    return {types_, bins_, arguments_, std::min(most, request_.budget)};
  }
  const std::vector<std::size_t>& order() const { return order_; }
  const std::vector<Argument>& arguments() const { return arguments_; }

  // nullopt: some class asks for more than the node could hold of it alone.
  std::optional<Fill> fill_of(const std::vector<unsigned>& replicas) const {
    std::vector<std::size_t> sums(classes_.count, 0);
    for (std::size_t d = 0; d < replicas.size(); ++d) sums[classes_.of_demand[d]] += replicas[d];
    Fill fill;
    for (const std::size_t sum : sums) {
      if (sum > request_.bins.size() * kMostPerGpu) return std::nullopt;
      fill.push_back(static_cast<std::uint16_t>(sum));
    }
    return fill;
  }

 private:
  void add(const Bin& bin, bool as_if_empty) {
    const std::vector<Held> held = as_if_empty ? std::vector<Held>{} : bin.held;
    std::size_t type = 0;
    while (type < types_.size() && !(kinds_[type] == bin.kind && same_held(held_[type], held)))
      ++type;
    if (type == types_.size()) {
      kinds_.push_back(bin.kind);
      held_.push_back(held);
      SearchType made;
      made.options = options_of(*request_.kinds[bin.kind], held, classes_.by_kind[bin.kind], cap_);
      // Less of a fill that keeps apart does too, which is all that the search's shortcut needs.
      std::erase_if(made.options,
                    [this](const Option& option) { return !fills_apart(classes_, option.fill); });
      made.serving.assign(classes_.count, 0);
      for (std::size_t c = 0; c < classes_.count; ++c) {
        for (const Held& have : held) {
          if (have.serves && have.instance.profile == classes_.by_kind[bin.kind][c])
            ++made.serving[c];
        }
      }
      types_.push_back(std::move(made));
    }
    bins_.push_back({static_cast<unsigned>(type), held.empty(), as_if_empty ? 0 : bin.mode_cost});
  }

  const PackRequest& request_;
  const Classes& classes_;
  std::vector<std::size_t> order_;
  Fill cap_;
  std::vector<SearchType> types_;
  std::vector<unsigned> kinds_;
  std::vector<std::vector<Held>> held_;
  std::vector<SearchBin> bins_;
  std::vector<Argument> arguments_;
};

// As many as fit, in the order of the demands: each takes what the ones before it left.
std::vector<unsigned> what_fits(const Model& model, const PackRequest& request, bool& proven) {
  constexpr std::uint64_t kTries = 200'000;  // many questions instead of one: each gets a tenth
  PackSearch search = model.search(kTries);
  std::vector<unsigned> placed(request.demands.size(), 0);
  const auto fits = [&](std::size_t d, unsigned count) {
    placed[d] = count;
    const auto fill = model.fill_of(placed);
    const bool yes = fill && search.feasible(*fill);
    proven = proven && (yes || !fill || search.proven());
    return yes;
  };
  for (std::size_t d = 0; d < placed.size(); ++d) {
    unsigned low = 0;
    unsigned high = std::min(request.demands[d].replicas,
                             static_cast<unsigned>(request.bins.size() * kMostPerGpu));
    while (low < high) {
      const unsigned middle = low + (high - low + 1) / 2;
      if (fits(d, middle)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    placed[d] = low;
  }
  return placed;
}

// Hands the instances of the chosen layouts to the replicas: by GPU, then by place, in demand
// order.
class Assignment {
 public:
  Assignment(const PackRequest& request, const Classes& classes)
      : request_(request), classes_(classes), next_(request.demands.size(), 0) {}

  PackedBin assign(const Bin& bin, const Option* option) {
    PackedBin packed{bin.gpu, option != nullptr, {}, {}};
    if (option == nullptr) {
      for (const Held& held : bin.held)
        packed.instances.push_back({held.instance, true, held.busy, {}});
    } else {
      open(bin, option->layout, packed);
      for (std::size_t c = 0; c < option->fill.size(); ++c)
        hand_out(bin, c, option->fill[c], packed);
    }
    std::ranges::sort(packed.instances, {},
                      [](const PackedInstance& i) { return i.instance.at.start; });
    return packed;
  }

 private:
  static void open(const Bin& bin, const mig::Layout& layout, PackedBin& packed) {
    for (const mig::Instance& instance : layout.instances()) {
      const auto held = std::ranges::find(bin.held, instance, &Held::instance);
      const bool kept = held != bin.held.end();
      packed.instances.push_back({instance, kept, kept && held->busy, {}});
    }
    for (const Held& held : bin.held) {
      if (std::ranges::find(layout.instances(), held.instance) == layout.instances().end()) {
        packed.destroyed.push_back(held.instance);
      }
    }
  }

  // New ones were made to be used; of those that stay, idle ones are handed out before busy ones.
  void hand_out(const Bin& bin, std::size_t c, unsigned count, PackedBin& packed) {
    std::vector<PackedInstance*> open;
    for (PackedInstance& instance : packed.instances) {
      const auto held = std::ranges::find(bin.held, instance.instance, &Held::instance);
      const bool may = held == bin.held.end() || held->serves;
      if (may && !instance.replica && instance.instance.profile == classes_.by_kind[bin.kind][c]) {
        open.push_back(&instance);
      }
    }
    std::ranges::stable_sort(open, {}, [](const PackedInstance* i) {
      return std::tuple(i->kept, i->busy, i->instance.at.start);
    });
    SEPTET_ASSERT(open.size() >= count);
    open.resize(count);
    std::ranges::sort(open, {}, [](const PackedInstance* i) { return i->instance.at.start; });
    for (PackedInstance* const instance : open) instance->replica = take(c);
  }

  Replica take(std::size_t c) {
    for (std::size_t d = 0; d < next_.size(); ++d) {
      if (classes_.of_demand[d] == c && next_[d] < request_.demands[d].replicas)
        return {d, next_[d]++};
    }
    SEPTET_ASSERT(false && "more instances handed out than replicas asked for");
    return {};
  }

  const PackRequest& request_;
  const Classes& classes_;
  std::vector<unsigned> next_;
};

void fill_in(const PackRequest& request, const Classes& classes, const Model& model,
             const Solution& solution, Packing& packing) {
  packing.complete = true;
  packing.gpus = solution.gpus;
  packing.created = solution.created;
  packing.destroyed = solution.destroyed;
  std::vector<const Option*> choice(request.bins.size(), nullptr);
  for (std::size_t i = 0; i < model.order().size(); ++i)
    choice[model.order()[i]] = solution.choice[i];
  Assignment assignment(request, classes);
  for (std::size_t b = 0; b < request.bins.size(); ++b) {
    packing.bins.push_back(assignment.assign(request.bins[b], choice[b]));
  }
}

void fill_in_fewest(const PackRequest& request, const Classes& classes, const Model& model,
                    const Fill& demand, Packing& packing) {
  packing.bound = lower_bound(model.arguments(), demand);
  packing.argument = explain_bound(model.arguments(), demand);
  packing.fewest = packing.gpus;
  const bool holds_nothing =
      std::ranges::all_of(request.bins, [](const Bin& bin) { return bin.held.empty(); });
  if (holds_nothing || packing.gpus == packing.bound) return;
  const Model empty(request, classes, true);
  PackSearch search = empty.search();
  const auto solution = search.best(demand);
  packing.fewest = solution ? solution->gpus : packing.gpus;
  packing.proven = packing.proven && (search.proven() || packing.fewest == packing.bound);
}

}  // namespace

Packing pack(const PackRequest& request) {
  const Classes classes = classes_of(request);
  const Model model(request, classes, false);
  Packing packing;
  for (const Demand& demand : request.demands) packing.placed.push_back(demand.replicas);
  const auto demand = model.fill_of(packing.placed);
  PackSearch search = model.search();
  const auto solution = demand ? search.best(*demand) : std::nullopt;
  packing.proven = !demand || search.proven();
  if (solution) {
    fill_in(request, classes, model, *solution, packing);
    fill_in_fewest(request, classes, model, *demand, packing);
    return packing;
  }
  if (demand) {
    packing.bound = lower_bound(model.arguments(), *demand);
    packing.argument = explain_bound(model.arguments(), *demand);
  }
  packing.placed = what_fits(model, request, packing.proven);
  return packing;
}

}  // namespace septet::plan
