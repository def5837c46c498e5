#include "plan/online/policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "mig/default_placement.h"
#include "plan/online/gpu_order.h"
#include "plan/online/losses.h"
#include "plan/online/ranked_policies.h"
#include "plan/online/value_policy.h"

namespace septet::plan::online {
namespace {

std::shared_ptr<const Shape> shape_of(const char* product) {
  const mig::Geometry& geometry = mig::find_product(product)->geometry;
  return std::make_shared<const Shape>(geometry, plain_profiles(geometry));
}

constexpr unsigned k1g = 0, k2g = 2, k3g = 3, k4g = 4, k7g = 5;

// Three GPUs: 0 holds 4g@0, 1 holds 1g@0 and 1g@6, 2 is empty.
class Three {
 public:
  Three() : state_({{shape_of("h100-sxm5-80gb"), 3, {}}}) {
    put(0, k4g, 0);
    put(1, k1g, 0);
    put(1, k1g, 6);
  }
  void put(Gpu gpu, unsigned cls, unsigned start) { state_.place({gpu, window(cls, start)}, 1); }
  std::uint8_t window(unsigned cls, unsigned start) const {
    const Shape& shape = *state_.pools().front().shape;
    for (unsigned w = 0; w < shape.windows(); ++w) {
      if (shape.window(w).cls == cls && shape.window(w).at.start == start)
        return static_cast<std::uint8_t>(w);
    }
    ADD_FAILURE() << cls << "@" << start;
    return 0;
  }
  // "gpu@start", or "refused".
  std::string choice(const char* policy, unsigned cls) {
    const Known known{std::vector<double>(6, 1.0 / 6), 1.0, 1};
    const auto made = find_policy(policy)->make(state_, known);
    const auto at = made->choose(cls);
    if (!at) return "refused";
    return std::to_string(at->gpu) + "@" +
           std::to_string(state_.shape(at->gpu).window(at->window).at.start);
  }
  FleetState& state() { return state_; }

 private:
  FleetState state_;
};

TEST(Policies, ChooseAsTheirRulesSay) {
  Three fleet;
  EXPECT_EQ(fleet.choice("first-fit", k2g), "0@4");
  EXPECT_EQ(fleet.choice("first-fit", k7g), "2@0");
  EXPECT_EQ(fleet.choice("round-robin", k1g), "0@4");
  EXPECT_EQ(fleet.choice("worst-fit", k1g), "2@0");
  EXPECT_EQ(fleet.choice("best-fit", k1g), "0@4");
  EXPECT_EQ(fleet.choice("best-fit", k3g), "0@4");
  // On GPU 0 the 1g goes last: the 2g@4 stays possible.
  EXPECT_EQ(fleet.choice("best-index", k1g), "0@6");
  EXPECT_EQ(fleet.choice("driver-default", k1g), "0@6");
  EXPECT_EQ(fleet.choice("binpack", k2g), "0@4");
  EXPECT_EQ(fleet.choice("spread", k2g), "2@0");
  EXPECT_EQ(fleet.choice("instaslice", k2g), "0@4");  // one node of three: its first GPU
  EXPECT_EQ(fleet.choice("clustering", k1g), "1@1");  // beside other 1g
  EXPECT_EQ(fleet.choice("clustering", k4g), "2@0");  // an empty GPU before mixing
  EXPECT_EQ(fleet.choice("packing", k4g), "2@0");
  EXPECT_EQ(fleet.choice("fgd", k3g), "0@4");
  EXPECT_EQ(fleet.choice("mfi", k3g), "0@4");
  EXPECT_EQ(fleet.choice("ting", k1g), "2@6");  // little is taken: the emptiest GPU, last start
}

TEST(Policies, RefuseOnlyWhatDoesNotFit) {
  Three fleet;
  fleet.put(2, k1g, 3);
  for (const PolicyRow& row : policies()) {
    if (row.name.starts_with("static")) continue;
    EXPECT_EQ(fleet.choice(std::string(row.name).c_str(), k7g), "refused") << row.name;
    EXPECT_NE(fleet.choice(std::string(row.name).c_str(), k3g), "refused") << row.name;
  }
}

TEST(Policies, RoundRobinGoesOn) {
  FleetState state({{shape_of("h100-sxm5-80gb"), 3, {}}});
  const auto policy = find_policy("round-robin")->make(state, {});
  std::vector<Gpu> chosen;
  for (int i = 0; i < 4; ++i) {
    const auto at = policy->choose(k1g);
    ASSERT_TRUE(at);
    chosen.push_back(at->gpu);
    state.place(*at, 1);
  }
  EXPECT_EQ(chosen, (std::vector<Gpu>{0, 1, 2, 0}));
}

TEST(Policies, StaticLayoutsUseTheSmallestInstanceThatIsLargeEnough) {
  FleetState state({{shape_of("h100-sxm5-80gb"), 1, {}}});
  const auto policy = find_policy("static-2g")->make(state, {});
  const Shape& shape = *state.pools().front().shape;
  const auto first = policy->choose(k1g);
  ASSERT_TRUE(first);
  EXPECT_EQ(shape.window(first->window).cls, k1g);
  const auto second = policy->choose(k1g);  // the only 1g is gone
  ASSERT_TRUE(second);
  EXPECT_EQ(shape.window(second->window).cls, k2g);
  EXPECT_FALSE(policy->choose(k3g));
  FleetState small({{shape_of("a30-24gb"), 1, {}}});
  EXPECT_EQ(find_policy("static-3g")->make(small, {}), nullptr);
}

// Ours, FGD, MFI and best index by looking at every GPU: least loss, then the fuller GPU, then the
// lower group; in the GPU the least loss, then the lowest start.
using Key = std::tuple<std::int64_t, unsigned, Group, std::uint8_t>;
std::optional<std::pair<Group, std::uint8_t>> naive_best(const FleetState& state, unsigned cls,
                                                         const Loss& loss) {
  std::optional<Key> best;
  for (Gpu gpu = 0; gpu < state.gpus(); ++gpu) {
    const Shape& shape = state.shape(gpu);
    std::optional<std::pair<std::int64_t, std::uint8_t>> own;
    for (unsigned w = 0; w < shape.windows(); ++w) {
      if (shape.window(w).cls != cls || ((shape.fits(state.layout(gpu)) >> w) & 1u) == 0) continue;
      const std::pair<std::int64_t, std::uint8_t> cost{
          std::llround(loss(shape, state.layout(gpu), w) * 1e9), static_cast<std::uint8_t>(w)};
      if (!own || cost < *own) own = cost;
    }
    if (!own) continue;
    const Key key{own->first, shape.free_units(state.layout(gpu)), state.group(gpu), own->second};
    if (!best || key < *best) best = key;
  }
  if (!best) return std::nullopt;
  return std::pair{std::get<2>(*best), std::get<3>(*best)};
}

// A day in which every decision is compared and nothing ever overlaps (FleetState would stop).
void live_and_compare(Policy& policy, FleetState& state, const Loss& loss, std::uint64_t seed) {
  Random random(seed);
  std::vector<Choice> running;
  for (int i = 0; i < 3000; ++i) {
    const auto cls = static_cast<unsigned>(random.below(6));
    policy.arrived(i, cls);
    const auto at = policy.choose(cls);
    const auto expected = naive_best(state, cls, loss);
    ASSERT_EQ(at.has_value(), expected.has_value());
    if (at) {
      ASSERT_EQ(state.group(at->gpu), expected->first);
      ASSERT_EQ(at->window, expected->second);
      state.place(*at, static_cast<Job>(i));
      running.push_back(*at);
    }
    if (running.size() > 20 && random.below(2) == 0) {
      std::swap(running[random.below(running.size())], running.back());
      policy.departed(i, running.back());
      state.release(running.back());
      running.pop_back();
    }
  }
}

TEST(Ranking, DecidesAsAScanOverAllGpusWould) {
  const std::vector<double> share = {.3, .1, .2, .1, .2, .1};
  const std::map<std::string, Loss> losses = {
      {"fgd", [&](const Shape& shape, Shape::Layout layout,
                  unsigned window) { return fgd_loss(shape, layout, window, share); }},
      {"mfi", mfi_loss},
      {"best-index", best_index_loss},
      {"worst-fit", worst_fit_loss}};
  for (const auto& [name, loss] : losses) {
    FleetState state({{shape_of("h100-sxm5-80gb"), 12, {}}});
    const auto policy = find_policy(name)->make(state, {share, 1.0, 1});
    live_and_compare(*policy, state, loss, 5);
  }
}

TEST(ValuePolicy, DecidesAsAScanOverAllGpusWould) {
  FleetState state({{shape_of("h100-sxm5-80gb"), 12, {}}});
  ValuePolicy policy(state, {200, 500, 1});
  policy.review({{1, 1, 1, 1, 1, 1}, {{.1, .1, .1, .1, .1, .1}}});
  const Loss loss = loss_of_value(state.pools(), policy.tuned().kept, policy.tuned().left);
  Random random(3);
  std::vector<Choice> running;
  for (int i = 0; i < 900; ++i) {  // no review comes before 1,024 arrivals
    const auto cls = static_cast<unsigned>(random.below(6));
    policy.arrived(i, cls);
    const auto at = policy.choose(cls);
    const auto expected = naive_best(state, cls, loss);
    ASSERT_EQ(at.has_value(), expected.has_value());
    if (at) {
      ASSERT_EQ(state.group(at->gpu), expected->first);
      state.place(*at, static_cast<Job>(i));
      running.push_back(*at);
    }
    if (running.size() > 20) {
      std::swap(running[random.below(running.size())], running.back());
      policy.departed(i, running.back());
      state.release(running.back());
      running.pop_back();
    }
  }
}

// Reviews fetched and adopted at once are those that the policy makes itself; until then nothing
// changes.
TEST(ValuePolicy, ReviewsMayBeComputedElsewhere) {
  const std::vector<Pool> pools = {{shape_of("a30-24gb"), 6, {}}};
  const TuningEffort effort{300, 800, 1};
  FleetState here(pools);
  FleetState there(pools);
  ValuePolicy own(here, effort);
  ValuePolicy aside(there, effort, ValuePolicy::Reviews::kElsewhere);
  Random random(5);
  std::vector<Choice> running;
  unsigned guesses = 0;
  unsigned rehearsals = 0;
  for (int i = 0; i < 9000; ++i) {
    const auto cls = static_cast<unsigned>(random.below(3));
    const std::string before = aside.tuned().from;
    own.arrived(i, cls);
    aside.arrived(i, cls);
    EXPECT_EQ(aside.tuned().from, before);
    if (const auto review = aside.due()) {
      ++(review->rehearse ? rehearsals : guesses);
      EXPECT_FALSE(aside.due()) << "asked for once";
      aside.adopt(review_of(pools, *review, aside.effort()));
      EXPECT_EQ(aside.tuned().kept, own.tuned().kept);
      EXPECT_EQ(aside.tuned().from, own.tuned().from);
    }
    const auto at = own.choose(cls);
    ASSERT_EQ(aside.choose(cls), at);
    EXPECT_FALSE(own.due());
    if (at) {
      here.place(*at, static_cast<Job>(i));
      there.place(*at, static_cast<Job>(i));
      running.push_back(*at);
    }
    // The first review comes before a thousand have left.
    if (running.empty() || (at && i < 1100 && i % 8 != 0)) continue;
    std::swap(running[random.below(running.size())], running.back());
    own.departed(i, running.back());
    aside.departed(i, running.back());
    here.release(running.back());
    there.release(running.back());
    running.pop_back();
  }
  EXPECT_EQ(guesses, 1u);
  EXPECT_GE(rehearsals, 1u);
}

TEST(BitTree, FindsTheNextSetBit) {
  Random random(1);
  for (const std::size_t size : {1u, 63u, 64u, 65u, 4096u, 5000u, 300000u}) {
    BitTree tree(size);
    std::vector<bool> naive(size);
    for (int i = 0; i < 300; ++i) {
      const std::size_t at = random.below(size);
      naive[at] = random.below(3) != 0;
      tree.set(at, naive[at]);
      const std::size_t from = random.below(size + 1);
      std::size_t expected = from;
      while (expected < size && !naive[expected]) ++expected;
      ASSERT_EQ(tree.next(from), expected) << size;
    }
  }
}

}  // namespace
}  // namespace septet::plan::online
