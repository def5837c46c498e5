#include "mig/layout.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "mig/testing/every_geometry.h"

namespace septet::mig {
namespace {

using testing::any_profile;
using testing::every_geometry;
using testing::seven_slices;

// ---- The rules once more, written apart from layout.cpp: pairs of instances and plain arithmetic.

using Key = std::vector<std::pair<unsigned, std::uint32_t>>;  // (start, profile id), ascending

bool pair_is_legal(const Geometry& geometry, const Instance& a, const Instance& b) {
  if (a.at.start < b.at.start + b.at.size && b.at.start < a.at.start + a.at.size) return false;
  const Media x = a.profile->media, y = b.profile->media;
  if (x == Media::kMe && y == Media::kMe) return false;
  if (x == Media::kAllMe && y != Media::kNoMe) return false;
  if (y == Media::kAllMe && x != Media::kNoMe) return false;
  return !geometry.one_compute_one_graphics || a.profile->graphics != b.profile->graphics;
}

bool is_legal(const Geometry& geometry, const std::vector<Instance>& instances) {
  for (std::size_t i = 0; i < instances.size(); ++i) {
    const Instance& one = instances[i];
    if (one.at.size != one.profile->size || one.at.start >= 16) return false;
    if (((one.profile->starts >> one.at.start) & 1) == 0) return false;
    if (one.at.start + one.at.size > geometry.units) return false;
    for (std::size_t j = 0; j < i; ++j) {
      if (!pair_is_legal(geometry, one, instances[j])) return false;
    }
  }
  return true;
}

Key key_of(const std::vector<Instance>& instances) {
  Key key;
  for (const Instance& instance : instances)
    key.emplace_back(instance.at.start, instance.profile->id);
  std::ranges::sort(key);
  return key;
}

std::vector<Instance> every_pair(const Geometry& geometry, const ProfileFilter& use) {
  std::vector<Instance> pairs;
  for (const GpuInstanceProfile& profile : geometry.profiles) {
    for (std::uint8_t start = 0; use(profile) && start < 16; ++start) {
      const Instance one{&profile, {start, profile.size}};
      if (is_legal(geometry, {one})) pairs.push_back(one);
    }
  }
  return pairs;
}

// Take or leave each pair in turn.
void subsets(const Geometry& geometry, const std::vector<Instance>& pairs, std::size_t next,
             std::vector<Instance>& chosen, std::set<Key>& found) {
  if (next == pairs.size()) {
    EXPECT_TRUE(found.insert(key_of(chosen)).second);
    return;
  }
  subsets(geometry, pairs, next + 1, chosen, found);
  const bool fits = std::ranges::all_of(
      chosen, [&](const Instance& other) { return pair_is_legal(geometry, pairs[next], other); });
  if (!fits) return;
  chosen.push_back(pairs[next]);
  subsets(geometry, pairs, next + 1, chosen, found);
  chosen.pop_back();
}

std::set<Key> brute_force(const Geometry& geometry, const ProfileFilter& use) {
  std::set<Key> found;
  std::vector<Instance> chosen;
  subsets(geometry, every_pair(geometry, use), 0, chosen, found);
  return found;
}

std::size_t brute_force_maximal(const Geometry& geometry, const ProfileFilter& use) {
  const std::set<Key> all = brute_force(geometry, use);
  std::set<Key> extendable;  // every layout that is another one less an instance
  for (const Key& key : all) {
    for (std::size_t drop = 0; drop < key.size(); ++drop) {
      Key smaller = key;
      smaller.erase(smaller.begin() + static_cast<std::ptrdiff_t>(drop));
      extendable.insert(smaller);
    }
  }
  return all.size() - extendable.size();
}

// ---- Counts

bool classic(const GpuInstanceProfile& profile) { return profile.classic(); }
bool plain(const GpuInstanceProfile& profile) {
  return profile.media == Media::kPlain && !profile.graphics;
}

std::size_t multisets(const std::vector<Layout>& layouts) {
  std::set<std::multiset<std::uint32_t>> distinct;
  for (const Layout& layout : layouts) {
    std::multiset<std::uint32_t> ids;
    for (const Instance& instance : layout.instances()) ids.insert(instance.profile->id);
    distinct.insert(ids);
  }
  return distinct.size();
}

struct Counts {
  std::size_t maximal, all, maximal_multisets;  // `all` counts the empty layout, as papers do
  friend bool operator==(const Counts&, const Counts&) = default;
};
std::ostream& operator<<(std::ostream& out, const Counts& counts) {
  return out << counts.maximal << " maximal, " << counts.all << " layouts, "
             << counts.maximal_multisets << " multisets";
}

Counts count(const Geometry& geometry, const ProfileFilter& use) {
  const auto full = layouts(geometry, use, true);
  return {full.size(), layouts(geometry, use, false).size(), multisets(full)};
}

TEST(LayoutCounts, seven_slice_boards) {
  std::size_t boards = 0;
  for (const auto& [name, product, geometry] : every_geometry()) {
    if (!seven_slices(*geometry) || geometry->profiles.size() < 5) continue;
    EXPECT_EQ(count(*geometry, classic), (Counts{19, 298, 14})) << name;
    if (geometry->find_id(15) != nullptr) {
      EXPECT_EQ(count(*geometry, plain), (Counts{78, 723, 38})) << name;
      ++boards;
    }
  }
  EXPECT_GE(boards, 14u);
}

TEST(LayoutCounts, a30) {
  EXPECT_EQ(count(find_product("a30-24gb")->geometry, classic), (Counts{5, 26, 4}));
  EXPECT_EQ(count(find_product("a30-24gb")->geometry, plain), (Counts{5, 26, 4}));
}

TEST(LayoutCounts, rtx_pro_6000) {
  const Geometry& geometry = find_product("rtx-pro-6000-blackwell-96gb")->geometry;
  EXPECT_EQ(count(geometry, plain), (Counts{5, 26, 4}));
  EXPECT_EQ(brute_force_maximal(geometry, plain), 5u);
  EXPECT_EQ(brute_force(geometry, plain).size(), 26u);
  const Counts with_all_variants = count(geometry, any_profile);
  EXPECT_EQ(with_all_variants.maximal, brute_force_maximal(geometry, any_profile));
  EXPECT_EQ(with_all_variants, (Counts{302, 717, 64}));
  EXPECT_EQ(brute_force(geometry, any_profile).size(), 717u);
}

// ---- The walk

TEST(VisitLayouts, meets_every_legal_layout_of_every_product_once_and_no_other) {
  for (const auto& [name, product, geometry] : every_geometry()) {
    std::set<Key> visited;
    visit_layouts(*geometry, any_profile, [&](const Layout& layout) {
      ASSERT_TRUE(is_legal(*geometry, layout.instances())) << name << ": " << to_string(layout);
      ASSERT_TRUE(visited.insert(key_of(layout.instances())).second)
          << name << ": twice " << to_string(layout);
      ASSERT_TRUE(
          std::ranges::is_sorted(layout.instances(), {}, [](auto& i) { return i.at.start; }));
    });
    EXPECT_EQ(visited, brute_force(*geometry, any_profile)) << name;
    EXPECT_EQ(layouts(*geometry, any_profile, true).size(),
              brute_force_maximal(*geometry, any_profile))
        << name;
  }
}

TEST(VisitLayouts, order_is_fixed_and_the_empty_layout_comes_first) {
  const Geometry& geometry = find_product("a100-40gb")->geometry;
  const auto first = layouts(geometry, classic, false);
  EXPECT_TRUE(first.front().instances().empty());
  EXPECT_EQ(first, layouts(geometry, classic, false));
}

// We never refuse for compute slices: disjoint memory units already imply that they suffice, on
// every board but those that budget by kind.
TEST(VisitLayouts, disjoint_units_never_overdraw_compute_slices) {
  for (const auto& [name, product, geometry] : every_geometry()) {
    visit_layouts(*geometry, any_profile, [&](const Layout& layout) {
      EXPECT_LE(layout.compute_slices(), geometry->slices) << name << ": " << to_string(layout);
    });
  }
}

TEST(Layout, every_layout_can_be_made_again_from_its_instances_in_any_order) {
  for (const auto& [name, product, geometry] : every_geometry()) {
    visit_layouts(*geometry, any_profile, [&](const Layout& layout) {
      std::vector<Instance> reversed(layout.instances().rbegin(), layout.instances().rend());
      const auto made = Layout::make(*geometry, reversed);
      ASSERT_TRUE(made) << name << ": " << made.error().describe();
      ASSERT_EQ(*made, layout) << name;
    });
  }
}

// ---- make() against arbitrary input

RC_GTEST_PROP(Layout, is_made_exactly_when_the_rules_allow_it, ()) {
  const auto all = every_geometry();
  const Geometry& geometry = *all[*rc::gen::inRange<std::size_t>(0, all.size())].geometry;
  RC_PRE(!geometry.profiles.empty());
  std::vector<Instance> instances;
  const auto wanted = *rc::gen::inRange(0, 4);
  for (int i = 0; i < wanted; ++i) {
    const auto& profile =
        geometry.profiles[*rc::gen::inRange<std::size_t>(0, geometry.profiles.size())];
    const auto start = *rc::gen::weightedOneOf<std::uint8_t>(
        {{9, rc::gen::inRange<std::uint8_t>(0, geometry.units)},
         {1, rc::gen::arbitrary<std::uint8_t>()}});
    instances.push_back({&profile, {start, profile.size}});
  }
  const auto made = Layout::make(geometry, instances);
  RC_ASSERT(made.has_value() == is_legal(geometry, instances));
  if (made) RC_ASSERT(key_of(made->instances()) == key_of(instances));
}

// ---- Refusals, one row per rule

struct RefusalCase {
  const char* rule;
  const char* product;
  std::vector<std::pair<const char*, unsigned>> there;
  std::pair<const char*, unsigned> wanted;
  Refusal refusal;
};

const std::vector<RefusalCase> kRefusals = {
    {"a free start may be used", "a100-40gb", {{"4g.20gb", 0}}, {"3g.20gb", 4}, Refusal::kNone},
    {"a start must be listed", "a100-40gb", {}, {"3g.20gb", 2}, Refusal::kNotAPlacement},
    {"4g starts at 0 only", "a100-40gb", {}, {"4g.20gb", 4}, Refusal::kNotAPlacement},
    {"a start beyond the axis", "a100-40gb", {}, {"1g.5gb", 200}, Refusal::kNotAPlacement},
    {"unit 7 belongs to sizes of two and more",
     "a100-40gb",
     {},
     {"1g.5gb", 7},
     Refusal::kNotAPlacement},
    {"two halves leave no unit for a 1g",
     "a100-40gb",
     {{"3g.20gb", 0}, {"3g.20gb", 4}},
     {"1g.5gb", 6},
     Refusal::kOverlap},
    {"one +me", "a100-40gb", {{"1g.5gb+me", 0}}, {"1g.5gb+me", 1}, Refusal::kMediaBudget},
    {"a plain 1g beside +me", "a100-40gb", {{"1g.5gb+me", 0}}, {"1g.5gb", 1}, Refusal::kNone},
    {"one +me over all sizes",
     "a30-24gb",
     {{"1g.6gb+me", 0}},
     {"2g.12gb+me", 2},
     Refusal::kMediaBudget},
    {"nothing with media beside +me.all",
     "rtx-pro-6000-blackwell-96gb",
     {{"1g.24gb+me.all", 0}},
     {"1g.24gb", 3},
     Refusal::kAllMediaBudget},
    {"no graphics beside +me.all",
     "rtx-pro-6000-blackwell-96gb",
     {{"1g.24gb+me.all", 0}},
     {"1g.24gb+gfx", 3},
     Refusal::kAllMediaBudget},
    {"-me beside +me.all",
     "rtx-pro-6000-blackwell-96gb",
     {{"1g.24gb+me.all", 0}},
     {"2g.48gb-me", 6},
     Refusal::kNone},
    {"no +me.all beside media",
     "rtx-pro-6000-blackwell-96gb",
     {{"1g.24gb", 0}},
     {"2g.48gb+me.all", 6},
     Refusal::kAllMediaBudget},
    {"+me.all beside -me",
     "rtx-pro-6000-blackwell-96gb",
     {{"1g.24gb-me", 0}},
     {"2g.48gb+me.all", 6},
     Refusal::kNone},
    {"one +me.all",
     "rtx-pro-6000-blackwell-96gb",
     {{"1g.24gb+me.all", 0}},
     {"1g.24gb+me.all", 3},
     Refusal::kAllMediaBudget},
    {"Thor: one of each kind", "thor-igpu", {{"2g.0gb", 0}}, {"1g.0gb+gfx", 2}, Refusal::kNone},
    {"Thor: not two compute",
     "thor-igpu",
     {{"2g.0gb", 0}},
     {"1g.0gb", 2},
     Refusal::kGraphicsBudget},
    {"Thor: not two graphics",
     "thor-igpu",
     {{"2g.0gb+gfx", 0}},
     {"1g.0gb+gfx", 2},
     Refusal::kGraphicsBudget},
};

Instance instance(const Geometry& geometry, const std::pair<const char*, unsigned>& at) {
  const GpuInstanceProfile* profile = geometry.find_name(at.first);
  EXPECT_NE(profile, nullptr) << at.first;
  return {profile, {static_cast<std::uint8_t>(at.second), profile->size}};
}

TEST(MayAdd, says_which_rule_refuses) {
  for (const RefusalCase& row : kRefusals) {
    const Geometry& geometry = find_product(row.product)->geometry;
    Occupancy taken;
    std::vector<Instance> all;
    for (const auto& at : row.there) all.push_back(instance(geometry, at));
    for (const Instance& one : all) taken.add(*one.profile, one.at);
    const Instance wanted = instance(geometry, row.wanted);
    EXPECT_EQ(to_string(may_add(geometry, taken, *wanted.profile, wanted.at)),
              to_string(row.refusal))
        << row.rule;
    all.push_back(wanted);
    const auto made = Layout::make(geometry, all);
    EXPECT_EQ(made.has_value(), row.refusal == Refusal::kNone) << row.rule;
    if (made) continue;
    const bool never = row.refusal == Refusal::kNotAPlacement;
    EXPECT_EQ(made.error().code, never ? Code::kInvalidArgument : Code::kInfeasible) << row.rule;
    EXPECT_NE(made.error().what.find('@'), std::string::npos) << made.error().what;
  }
}

TEST(MayAdd, wrong_size_and_rows_that_lie_are_no_placement) {
  const Geometry& real = find_product("a100-40gb")->geometry;
  EXPECT_EQ(may_add(real, {}, *real.find_name("3g.20gb"), {0, 3}), Refusal::kNotAPlacement);
  std::vector<GpuInstanceProfile> rows(2);
  rows[0].size = 0;  // takes nothing, so it would fit for ever
  rows[0].starts = 0xffff;
  rows[1].size = 4;
  rows[1].starts = 0xffff;  // starts past the end of the axis
  Geometry lying{8, 7, false, rows};
  EXPECT_EQ(free_starts(lying, {}, rows[0]), 0u);
  EXPECT_EQ(remaining(lying, {}, rows[0]), 0u);
  EXPECT_EQ(free_starts(lying, {}, rows[1]), 0b1'1111u);
  EXPECT_EQ(may_add(lying, {}, rows[1], {5, 4}), Refusal::kNotAPlacement);
  visit_layouts(lying, any_profile,
                [&](const Layout& layout) { EXPECT_LE(layout.instances().size(), 2u); });
}

TEST(Layout, refuses_profiles_of_another_geometry) {
  const Geometry& a30 = find_product("a30-24gb")->geometry;
  const Geometry& a100 = find_product("a100-40gb")->geometry;
  const auto made = Layout::make(a30, {instance(a100, {"1g.5gb", 0})});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::kInvalidArgument);
  EXPECT_FALSE(Layout::make(a30, {Instance{}}));
}

// ---- What still fits

std::vector<Occupancy> reachable(const Geometry& geometry) {
  std::vector<Occupancy> distinct;
  visit_layouts(geometry, any_profile, [&](const Layout& layout) {
    const Occupancy taken = layout.occupancy();
    if (std::ranges::find(distinct, taken) == distinct.end()) distinct.push_back(taken);
  });
  return distinct;
}

unsigned most_by_search(const Geometry& geometry, const Occupancy& taken,
                        const GpuInstanceProfile& profile) {
  unsigned most = 0;
  for (std::uint8_t start = 0; start < geometry.units; ++start) {
    const Placement at{start, profile.size};
    if (may_add(geometry, taken, profile, at) != Refusal::kNone) continue;
    Occupancy more = taken;
    more.add(profile, at);
    most = std::max(most, 1 + most_by_search(geometry, more, profile));
  }
  return most;
}

TEST(Remaining, equals_the_best_that_any_order_of_creates_reaches) {
  for (const char* product :
       {"a100-40gb", "a30-24gb", "rtx-pro-6000-blackwell-96gb", "thor-igpu"}) {
    const Geometry& geometry = find_product(product)->geometry;
    for (const Occupancy& taken : reachable(geometry)) {
      for (const GpuInstanceProfile& profile : geometry.profiles) {
        // Seven free single units have 7! orders; the answer there is their number.
        if (std::popcount(free_starts(geometry, taken, profile)) > 5) continue;
        ASSERT_EQ(remaining(geometry, taken, profile), most_by_search(geometry, taken, profile))
            << product << ' ' << profile.name << " with units " << taken.units;
      }
    }
  }
}

TEST(Remaining, of_an_empty_gpu_is_the_drivers_instance_count) {
  for (const auto& [name, product, geometry] : every_geometry()) {
    for (const GpuInstanceProfile& profile : geometry->profiles) {
      if (!profile.max.known()) continue;
      EXPECT_EQ(remaining(*geometry, {}, profile), profile.max.value)
          << name << ' ' << profile.name;
    }
  }
}

TEST(FreeStarts, are_the_starts_that_may_be_added) {
  for (const auto& [name, product, geometry] : every_geometry()) {
    for (const Occupancy& taken : reachable(*geometry)) {
      for (const GpuInstanceProfile& profile : geometry->profiles) {
        const unsigned open = free_starts(*geometry, taken, profile);
        for (std::uint8_t start = 0; start < 16; ++start) {
          const bool may =
              may_add(*geometry, taken, profile, {start, profile.size}) == Refusal::kNone;
          ASSERT_EQ(((open >> start) & 1) != 0, may)
              << name << ' ' << profile.name << '@' << +start;
        }
      }
    }
  }
}

// ---- Text

TEST(LayoutText, shows_instances_by_start) {
  const Geometry& geometry = find_product("h100-sxm5-80gb")->geometry;
  const auto layout = Layout::make(
      geometry, {instance(geometry, {"3g.40gb", 4}), instance(geometry, {"4g.40gb", 0})});
  ASSERT_TRUE(layout);
  EXPECT_EQ(to_string(*layout), "4g.40gb@0 3g.40gb@4");
  EXPECT_EQ(layout->compute_slices(), 7u);
  EXPECT_EQ(to_string(Layout{}), "(empty)");
}

}  // namespace
}  // namespace septet::mig
