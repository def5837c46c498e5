// Every set of compute instances in a GPU instance to every multiset of them, against a search that
// looks at every set.
#include "plan/keep_compute.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "plan/testing/layout_as_gpu.h"

namespace septet::plan {
namespace {

using Set = std::vector<HeldCompute>;

std::vector<Set> sets_of(const mig::GpuInstanceProfile& profile) {
  std::vector<Set> all;
  for (const testing::ComputeSet& spots : testing::compute_sets(profile)) {
    Set set;
    for (const auto& [row, at] : spots) set.push_back({row->id, at, false});
    all.push_back(std::move(set));
  }
  return all;
}

TEST(KeepComputeSweep, EverySetToEveryMultisetKeepsTheMost) {
  for (const char* product : {"a100-80gb", "h100-sxm5-80gb", "a30-24gb"}) {
    const mig::Product& board = *mig::find_product(product);
    std::size_t pairs = 0, fixed = 0;
    for (const auto& profile : board.geometry.profiles) {
      const std::vector<Set> all = sets_of(profile);
      std::map<std::vector<std::uint32_t>, std::vector<const Set*>> of_multiset;
      for (const Set& set : all) {
        std::vector<std::uint32_t> ids;
        for (const HeldCompute& one : set) ids.push_back(one.profile_id);
        std::ranges::sort(ids);
        of_multiset[ids].push_back(&set);
      }
      for (Set held : all) {
        for (const auto& [ids, candidates] : of_multiset) {
          for (std::size_t h = 0; h < held.size(); ++h)
            held[h].busy = (((pairs * 5) >> h) & 1u) != 0;
          std::pair<unsigned, unsigned> best;
          for (const Set* const to : candidates) {
            std::pair<unsigned, unsigned> kept;
            for (const HeldCompute& have : held) {
              const bool stays = std::ranges::any_of(*to, [&have](const HeldCompute& one) {
                return one.profile_id == have.profile_id && one.at == have.at;
              });
              kept.first += stays && have.busy ? 1 : 0;
              kept.second += stays ? 1 : 0;
            }
            best = std::max(best, kept);
          }
          std::vector<ComputeCut> wanted;
          for (const std::uint32_t id : ids) wanted.push_back({id, "", {}, {}});
          const auto keep = keep_compute(profile, board.architecture, held, wanted);
          ASSERT_TRUE(keep);
          ASSERT_EQ(std::pair(keep->busy, keep->kept), best) << profile.name;
          ASSERT_EQ(keep->cuts.size(), wanted.size());
          fixed += !keep->cuts.empty() && keep->cuts[0].at ? 1 : 0;
          ++pairs;
        }
      }
    }
    std::printf("%s: %zu pairs, %zu of them need fixed places\n", product, pairs, fixed);
  }
}

}  // namespace
}  // namespace septet::plan
