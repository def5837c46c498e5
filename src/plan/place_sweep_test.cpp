// Every pair of a layout and a wanted multiset, against a search that looks at every layout.
//
// With SEPTET_SWEEP=all really every pair of every board (two minutes); otherwise every eleventh
// layout of the board with the most to start from, and every one of the others.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>

#include "plan/diff.h"
#include "plan/place.h"
#include "plan/testing/layout_as_gpu.h"

namespace septet::plan {
namespace {

using Multiset = std::vector<const mig::GpuInstanceProfile*>;

struct Board {
  const mig::Product* product = nullptr;
  std::vector<mig::Layout> layouts;
  std::vector<unsigned> room;                                // by layout
  std::map<Multiset, std::vector<std::size_t>> of_multiset;  // indices of layouts

  Board(const char* id, const mig::ProfileFilter& use) : product(mig::find_product(id)) {
    layouts = mig::layouts(product->geometry, use, false);
    for (std::size_t i = 0; i < layouts.size(); ++i) {
      Multiset multiset;
      for (const mig::Instance& one : layouts[i].instances()) multiset.push_back(one.profile);
      std::ranges::sort(multiset);
      of_multiset[multiset].push_back(i);
      room.push_back(room_left(product->geometry, layouts[i]));
    }
  }

  // Instance i is in use when bit i of `busy` is set.
  mig::Gpu gpu(const mig::Layout& layout, std::size_t busy) const {
    return testing::layout_as_gpu(*product, layout, busy);
  }
};

// In use and kept, memory units in place, steps (fewer is more), room.
using Score = std::tuple<unsigned, unsigned, int, unsigned>;

Score score(const Board& board, std::size_t from, std::size_t busy, std::size_t to) {
  unsigned kept_busy = 0, units = 0, kept = 0;
  const auto& held = board.layouts[from].instances();
  const auto& wanted = board.layouts[to].instances();
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (std::ranges::find(wanted, held[i]) == wanted.end()) continue;
    kept_busy += static_cast<unsigned>((busy >> i) & 1u);
    units += held[i].at.size;
    ++kept;
  }
  const std::size_t steps = 2 * (held.size() - kept) + 2 * (wanted.size() - kept);
  return {kept_busy, units, -static_cast<int>(steps), board.room[to]};
}

std::size_t index_of(const Board& board, const GpuCut& cut) {
  for (std::size_t i = 0; i < board.layouts.size(); ++i) {
    const auto& instances = board.layouts[i].instances();
    if (std::ranges::equal(cut.instances, instances,
                           [](const InstanceCut& a, const mig::Instance& b) {
                             return a.profile_id == b.profile->id && a.at == b.at;
                           }))
      return i;
  }
  return board.layouts.size();
}

Wanted wanted_of(const Multiset& multiset) {
  Wanted wanted;
  for (const auto* profile : multiset)
    wanted.instances.push_back({profile, {}, whole_instance(*profile, {}).compute});
  return wanted;
}

std::size_t stride_for(const Board& board) {
  const char* const wish = std::getenv("SEPTET_SWEEP");
  const bool all = wish != nullptr && std::string_view(wish) == "all";
  return all || board.layouts.size() < 500 ? 1 : 11;
}

std::vector<Board> boards() {
  const auto classic = [](const mig::GpuInstanceProfile& profile) { return profile.classic(); };
  // Double memory and +me as well.
  const auto compute = [](const mig::GpuInstanceProfile& profile) {
    return !profile.graphics &&
           (profile.media == mig::Media::kPlain || profile.media == mig::Media::kMe);
  };
  std::vector<Board> all;
  all.emplace_back("a100-80gb", classic);
  all.emplace_back("a30-24gb", compute);
  all.emplace_back("h100-sxm5-80gb", compute);
  return all;
}

TEST(PlaceSweep, EveryLayoutToEveryMultisetIsTheBestThereIs) {
  for (const Board& board : boards()) {
    std::size_t pairs = 0, looked_at = 0;
    const std::size_t stride = stride_for(board);
    for (std::size_t from = 0; from < board.layouts.size(); from += stride) {
      const std::size_t subsets = std::size_t{1} << board.layouts[from].instances().size();
      for (const auto& [multiset, candidates] : board.of_multiset) {
        const std::size_t busy = (pairs * 7 + from) % subsets;
        const mig::Gpu gpu = board.gpu(board.layouts[from], busy);
        const auto placed = place(gpu, wanted_of(multiset));
        ASSERT_TRUE(placed) << placed.error().describe();
        Score best = score(board, from, busy, candidates[0]);
        for (const std::size_t to : candidates) {
          best = std::max(best, score(board, from, busy, to));
          ++looked_at;
        }
        const std::size_t chosen = index_of(board, *placed);
        ASSERT_NE(std::ranges::find(candidates, chosen), candidates.end());
        ASSERT_EQ(score(board, from, busy, chosen), best)
            << mig::to_string(board.layouts[from]) << " -> " << to_string(*placed);
        ASSERT_EQ(static_cast<int>(diff(gpu, *placed).size()), -std::get<2>(best));
        ++pairs;
      }
    }
    std::printf("%s: %zu layouts (every %zuth) x %zu multisets: %zu pairs, %zu cuts looked at\n",
                std::string(board.product->id).c_str(), board.layouts.size(), stride,
                board.of_multiset.size(), pairs, looked_at);
  }
}

// One instance at a start the request fixes, each in turn, wherever its profile may be.
TEST(PlaceSweep, FixedPlacementsAreKeptAndTheRestIsBest) {
  const Board board = std::move(boards()[0]);
  std::size_t feasible = 0, infeasible = 0;
  for (std::size_t from = 0; from < board.layouts.size(); from += 7) {
    const mig::Gpu gpu = board.gpu(board.layouts[from], from % 5);
    for (const auto& [multiset, candidates] : board.of_multiset) {
      if (multiset.empty()) continue;
      Wanted wanted = wanted_of(multiset);
      for (std::uint8_t start = 0; start < 8; ++start) {
        wanted.instances.back().start = start;
        const auto fits = [&](std::size_t to) {
          return std::ranges::any_of(board.layouts[to].instances(), [&](const auto& one) {
            return one.profile == multiset.back() && one.at.start == start;
          });
        };
        std::optional<Score> best;
        for (const std::size_t to : candidates) {
          if (fits(to))
            best = std::max(best.value_or(Score{0, 0, -99, 0}), score(board, from, from % 5, to));
        }
        const auto placed = place(gpu, wanted);
        ASSERT_EQ(placed.has_value(), best.has_value());
        ++(best ? feasible : infeasible);
        if (!best) continue;
        const std::size_t chosen = index_of(board, *placed);
        ASSERT_TRUE(fits(chosen));
        ASSERT_EQ(score(board, from, from % 5, chosen), *best);
      }
    }
  }
  std::printf("fixed placements: %zu with room, %zu without\n", feasible, infeasible);
}

// "Leave the rest": all that is there stays, as little as possible is new, and most room is left.
TEST(PlaceSweep, LeavingTheRestAddsTheLeastWhereMostRoomIsLeft) {
  const Board board = std::move(boards()[0]);
  std::size_t feasible = 0, infeasible = 0;
  for (std::size_t from = 0; from < board.layouts.size(); from += 3) {
    const auto& held = board.layouts[from].instances();
    const mig::Gpu gpu = board.gpu(board.layouts[from], from % 3);
    for (const auto& [multiset, unused] : board.of_multiset) {
      std::optional<std::pair<int, unsigned>> best;
      const auto count = [](const auto& list, const auto* profile, auto projection) {
        return std::ranges::count(list, profile, projection);
      };
      const auto serves = [&](const mig::Layout& layout) {
        const auto& all = layout.instances();
        for (const mig::Instance& one : held) {
          if (std::ranges::find(all, one) == all.end()) return false;
        }
        return std::ranges::all_of(board.product->geometry.profiles, [&](const auto& profile) {
          const auto wish = std::ranges::count(multiset, &profile);
          const auto old = count(held, &profile, &mig::Instance::profile);
          const auto fresh = count(all, &profile, &mig::Instance::profile) - old;
          return fresh <= wish && fresh >= wish - old;
        });
      };
      for (std::size_t to = 0; to < board.layouts.size(); ++to) {
        if (!serves(board.layouts[to])) continue;
        const auto fresh = board.layouts[to].instances().size() - held.size();
        best = std::max(best.value_or(std::pair(-99, 0u)),
                        std::pair(-static_cast<int>(fresh), board.room[to]));
      }
      Wanted wanted = wanted_of(multiset);
      wanted.leave_rest = true;
      const auto placed = place(gpu, wanted);
      ASSERT_EQ(placed.has_value(), best.has_value());
      ++(best ? feasible : infeasible);
      if (!best) continue;
      const std::size_t chosen = index_of(board, *placed);
      ASSERT_TRUE(serves(board.layouts[chosen]));
      const auto fresh = board.layouts[chosen].instances().size() - held.size();
      ASSERT_EQ(std::pair(-static_cast<int>(fresh), board.room[chosen]), *best);
    }
  }
  std::printf("beside the rest: %zu with room, %zu without\n", feasible, infeasible);
}

}  // namespace
}  // namespace septet::plan
