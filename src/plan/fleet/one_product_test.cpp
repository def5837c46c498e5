// The closed form against search, and the proof that it holds for any number of GPUs.
#include "plan/fleet/one_product.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <random>
#include <set>

namespace septet::plan {
namespace {

using Counts = std::vector<std::uint64_t>;

// One product of each different geometry: eight of the twenty.
std::vector<const mig::Product*> different_products() {
  std::vector<const mig::Product*> different;
  const auto key = [](const mig::Product& product) {
    std::string text = std::to_string(product.geometry.units);
    for (const PackingClass& one : packing_classes(product.geometry)) {
      const mig::GpuInstanceProfile& profile = *one.profiles.front();
      text += "," + std::to_string(profile.size) + ":" + std::to_string(profile.starts) + ":" +
              std::to_string(static_cast<int>(profile.media));
    }
    return text;
  };
  std::set<std::string> seen;
  for (const mig::Product& product : mig::products()) {
    if (seen.insert(key(product)).second) different.push_back(&product);
  }
  return different;
}

Counts plus(const Counts& a, const ClassCount& b) {
  Counts sum = a;
  for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += b[c];
  return sum;
}

// What `gpus` GPUs can hold, found by adding every layout to everything that one GPU less can hold.
std::set<Counts> reachable(const OneProduct& product, unsigned gpus) {
  const auto fillings = all_fillings(product.geometry(), product.classes(), {});
  std::set<Counts> reached{Counts(product.classes().size(), 0)};
  for (unsigned gpu = 0; gpu < gpus; ++gpu) {
    std::set<Counts> next;
    for (const Counts& before : reached) {
      for (const Filling& filling : fillings) next.insert(plus(before, filling.added));
    }
    reached = std::move(next);
  }
  return reached;
}

struct Compared {
  std::size_t demands = 0, mismatches = 0;
};

// Every demand that `gpus` GPUs can hold, and every one instance beyond those: what is further out
// holds one of these, so it cannot fit either.
Compared compare_with_search(const OneProduct& product, unsigned gpus) {
  Compared compared;
  const std::set<Counts> reached = reachable(product, gpus);
  const auto check = [&](const Counts& demand, bool fits) {
    ++compared.demands;
    if ((product.fewest_gpus(demand) <= gpus) != fits) ++compared.mismatches;
  };
  std::set<Counts> beyond;
  for (const Counts& demand : reached) {
    check(demand, true);
    for (std::size_t c = 0; c < demand.size(); ++c) {
      Counts more = demand;
      ++more[c];
      if (!reached.contains(more)) beyond.insert(more);
    }
  }
  for (const Counts& demand : beyond) check(demand, false);
  return compared;
}

TEST(OneProduct, SevenSliceBoardsHaveSevenBoundsAndA30Three) {
  const OneProduct h100(mig::find_product("h100-sxm5-80gb")->geometry);
  EXPECT_EQ(h100.fillings().size(), 44u);  // with the +me variant; 28 without
  ASSERT_EQ(h100.bounds().size(), 7u);
  std::vector<std::string> words;
  for (const CountingBound& bound : h100.bounds())
    words.push_back(to_words(bound, h100.geometry(), h100.classes()));
  EXPECT_NE(std::ranges::find(words, "memory units, 8 a GPU"), words.end());
  EXPECT_NE(std::ranges::find(words, "compute slices, 7 a GPU"), words.end());
  EXPECT_EQ(OneProduct(mig::find_product("a30-24gb")->geometry).bounds().size(), 3u);
}

TEST(OneProduct, CountsWhatPeopleCanCheckByHand) {
  const OneProduct h100(mig::find_product("h100-sxm5-80gb")->geometry);
  // By class: 1g, 1g+me, 1g.20gb, 2g, 3g, 4g, 7g.
  const auto fewest = [&](Counts demand) { return h100.fewest_gpus(demand); };
  EXPECT_EQ(fewest({0, 0, 0, 0, 0, 0, 0}), 0u);
  EXPECT_EQ(fewest({7, 0, 0, 0, 0, 0, 0}), 1u);
  EXPECT_EQ(fewest({8, 0, 0, 0, 0, 0, 0}), 2u);
  EXPECT_EQ(fewest({0, 2, 0, 0, 0, 0, 0}), 2u);  // one +me a GPU
  EXPECT_EQ(fewest({0, 0, 0, 0, 2, 0, 0}), 1u);
  EXPECT_EQ(fewest({1, 0, 0, 0, 2, 0, 0}), 2u);  // 3g+3g takes all memory, 6 of 7 slices
  EXPECT_EQ(fewest({0, 0, 0, 0, 0, 2, 0}), 2u);  // a 4g starts at unit 0 only
  EXPECT_EQ(fewest({0, 0, 0, 4, 0, 0, 0}), 2u);  // three 2g a GPU
  EXPECT_EQ(fewest({0, 0, 1, 3, 0, 0, 0}), 1u);
}

TEST(OneProduct, LayoutsHoldWhatWasAskedForAndNothingElse) {
  const OneProduct h100(mig::find_product("h100-sxm5-80gb")->geometry);
  const Counts demand{5, 1, 2, 3, 2, 1, 1};
  const OneProductPacking packing = h100.pack(demand);
  EXPECT_EQ(packing.gpus, h100.fewest_gpus(demand));
  Counts held(demand.size(), 0);
  std::uint64_t gpus = 0;
  expand(packing, [&](std::uint64_t number, const mig::Layout& layout) {
    EXPECT_EQ(number, gpus++);
    for (const mig::Instance& instance : layout.instances())
      ++held[class_of(h100.classes(), instance.profile)];
  });
  EXPECT_EQ(held, demand);
  EXPECT_EQ(gpus, packing.gpus);
}

TEST(OneProductSweep, MatchesSearchOverAllDemandsOfOneToThreeGpus) {
  for (const mig::Product* const product : different_products()) {
    const OneProduct closed(product->geometry);
    for (unsigned gpus = 1; gpus <= 3; ++gpus) {
      const Compared compared = compare_with_search(closed, gpus);
      EXPECT_EQ(compared.mismatches, 0u) << product->id << " on " << gpus << " GPUs";
      EXPECT_GT(compared.demands, gpus) << product->id;
      std::printf("  %s, %u GPUs: %zu demands\n", std::string(product->id).c_str(), gpus,
                  compared.demands);
    }
  }
}

// A bound that counts an instance which takes all of a GPU as all of it stays the same when that
// instance and its GPU are taken away: such classes need no proof of their own.
std::vector<std::size_t> classes_to_prove(const OneProduct& product) {
  std::vector<std::size_t> kept;
  for (std::size_t c = 0; c < product.classes().size(); ++c) {
    const bool alone = std::ranges::all_of(product.bounds(), [&](const CountingBound& bound) {
      return bound.weight[c] == bound.most;
    });
    if (!alone) kept.push_back(c);
  }
  return kept;
}

class Induction {
 public:
  Induction(const OneProduct& product, std::vector<std::size_t> classes)
      : product_(product), classes_(std::move(classes)), demand_(product.classes().size(), 0) {}

  // Every demand that the bounds allow on `gpus` GPUs is a layout and what they allow on one less.
  void visit_all(std::uint64_t gpus) { visit(0, gpus); }
  std::size_t visited = 0, stuck = 0;

 private:
  void visit(std::size_t next, std::uint64_t gpus) {
    if (next == classes_.size()) return check(gpus);
    std::uint64_t& count = demand_[classes_[next]];
    for (count = 0; product_.fit(demand_, gpus); ++count) visit(next + 1, gpus);
    count = 0;
  }

  void check(std::uint64_t gpus) {
    ++visited;
    const bool peels = std::ranges::any_of(product_.fillings(), [&](const Filling& filling) {
      Counts rest = demand_;
      for (std::size_t c = 0; c < rest.size(); ++c)
        rest[c] -= std::min<std::uint64_t>(rest[c], filling.added[c]);
      return product_.fit(rest, gpus - 1);
    });
    if (!peels) ++stuck;
  }

  const OneProduct& product_;
  const std::vector<std::size_t> classes_;
  Counts demand_;
};

TEST(OneProductSweep, HoldsForAnyNumberOfGpusByInduction) {
  for (const mig::Product* const product : different_products()) {
    const OneProduct closed(product->geometry);
    const auto classes = classes_to_prove(closed);
    Induction induction(closed, classes);
    // Up to (dimensions - 1) GPUs by visiting; from there on by the theorem named in the header.
    const std::uint64_t last = std::max<std::size_t>(2, classes.size()) - 1;
    for (std::uint64_t gpus = 1; gpus <= last; ++gpus) induction.visit_all(gpus);
    EXPECT_EQ(induction.stuck, 0u) << product->id;
    std::printf("  %s: %zu classes, up to %zu GPUs, %zu demands\n",
                std::string(product->id).c_str(), classes.size(), static_cast<std::size_t>(last),
                induction.visited);
  }
}

// As many GPUs as the exponent draws, filled to some part with some of the classes.
Counts random_demand(const OneProduct& product, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform(0, 1);
  const double gpus = std::pow(10.0, 1 + 5 * uniform(random));
  Counts demand(product.classes().size(), 0);
  for (std::uint64_t& count : demand) {
    if (uniform(random) < 0.3) continue;
    count = static_cast<std::uint64_t>(gpus * uniform(random) * uniform(random));
  }
  return demand;
}

TEST(OneProductSweep, TenThousandRandomFleetsWithoutGap) {
  std::mt19937_64 random(20261121);
  const auto products = different_products();
  std::vector<OneProduct> closed;
  for (const mig::Product* const product : products) closed.emplace_back(product->geometry);
  std::uint64_t most = 0;
  for (int instance = 0; instance < 10'000; ++instance) {
    const OneProduct& product = closed[static_cast<std::size_t>(instance) % closed.size()];
    const Counts demand = random_demand(product, random);
    const OneProductPacking packing = product.pack(demand);
    ASSERT_EQ(packing.gpus, packing.bound);
    Counts held(demand.size(), 0);
    std::uint64_t gpus = 0;
    for (const LayoutRow& row : packing.rows) {
      gpus += row.gpus;
      ASSERT_TRUE(mig::Layout::make(product.geometry(), row.layout.instances()).has_value());
      for (const mig::Instance& placed : row.layout.instances())
        held[class_of(product.classes(), placed.profile)] += row.gpus;
    }
    ASSERT_EQ(held, demand);
    ASSERT_EQ(gpus, packing.gpus);
    most = std::max(most, gpus);
  }
  EXPECT_GT(most, 500'000u);
}

}  // namespace
}  // namespace septet::plan
