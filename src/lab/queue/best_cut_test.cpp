#include "lab/queue/best_cut.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace septet::lab::queue {
namespace {

Places a100() { return places_of(mig::find_product("a100-40gb")->geometry).value(); }

TEST(PlacesTest, DisjointPlacesAreTheLegalLayouts) {
  const Places places = a100();
  ASSERT_EQ(places.all.size(), 14u);
  std::size_t sets = 0;
  for (unsigned set = 0; set < (1u << places.all.size()); ++set) {
    unsigned units = 0;
    bool disjoint = true;
    for (std::size_t p = 0; p < places.all.size(); ++p) {
      if (((set >> p) & 1u) == 0) continue;
      disjoint = disjoint && (units & places.all[p].at.mask()) == 0;
      units |= places.all[p].at.mask();
    }
    sets += disjoint ? 1 : 0;
  }
  EXPECT_EQ(sets, 298u);  // NVIDIA's layouts of the five profiles, the empty one counted
}

TEST(PlacesTest, ThorIsRefused) {
  EXPECT_EQ(places_of(mig::find_product("thor-igpu")->geometry).error().code, Code::kNotSupported);
}

// All layouts times all ways to hand their instances out.
double best_by_force(const Places& places, const std::vector<Candidate>& candidates) {
  double base = 0;
  for (const Candidate& candidate : candidates) base += candidate.left_out;
  double best = base;
  const auto plain = [](const mig::GpuInstanceProfile& profile) { return profile.classic(); };
  mig::visit_layouts(
      mig::find_product("a100-40gb")->geometry, plain, [&](const mig::Layout& layout) {
        std::vector<int> seats;
        for (const mig::Instance& instance : layout.instances())
          seats.push_back(places.find(instance));
        seats.resize(std::max(seats.size(), candidates.size()), kNowhere);
        std::ranges::sort(seats);
        do {
          double value = base;
          for (std::size_t c = 0; c < candidates.size(); ++c) {
            if (seats[c] == kNowhere) continue;
            const Candidate& candidate = candidates[c];
            const auto profile = places.all[static_cast<std::size_t>(seats[c])].profile;
            value += (seats[c] == candidate.place ? candidate.kept : candidate.value[profile]) -
                     candidate.left_out;
          }
          best = std::max(best, value);
        } while (std::ranges::next_permutation(seats).found);
      });
  return best;
}

RC_GTEST_PROP(BestCutTest, IsWhatBruteForceFinds, ()) {
  const Places places = a100();
  const auto count = *rc::gen::inRange<std::size_t>(1, 5);
  std::vector<Candidate> candidates(count);
  for (Candidate& candidate : candidates) {
    candidate.left_out = -*rc::gen::inRange(0, 20);
    for (std::size_t p = 0; p < places.profiles.size(); ++p)
      candidate.value[p] = *rc::gen::inRange(-30, 100);
    candidate.place = *rc::gen::inRange(-1, static_cast<int>(places.all.size()));
    candidate.kept = *rc::gen::inRange(0, 120);
  }
  const Cut cut = best_cut(places, candidates);
  RC_ASSERT(std::abs(cut.value - best_by_force(places, candidates)) < 1e-9);
  double value = 0;
  for (std::size_t c = 0; c < count; ++c) {
    const int place = cut.place[c];
    if (place == kNowhere) {
      value += candidates[c].left_out;
      continue;
    }
    value += place == candidates[c].place
                 ? candidates[c].kept
                 : candidates[c].value[places.all[static_cast<std::size_t>(place)].profile];
    for (std::size_t other = 0; other < c; ++other)
      RC_ASSERT(cut.place[other] == kNowhere || !places.overlap(place, cut.place[other]));
  }
  RC_ASSERT(std::abs(cut.value - value) < 1e-9);
}

}  // namespace
}  // namespace septet::lab::queue
