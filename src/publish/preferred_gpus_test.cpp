// Whole GPUs against every way to deal out every set of free GPUs, on boards of eight.
#include "publish/preferred_gpus.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <tuple>

#include "publish/testing/cut_gpu.h"

namespace septet::publish {
namespace {

using mig::CommonAncestor;
using Gpus = std::vector<const Device*>;
using Near = std::function<mig::Peer(std::uint32_t, std::uint32_t)>;

struct Board {
  const char* name;
  Near near;  // nullptr: the driver does not tell
};

// NVLinks of a DGX-1 with V100 (the hybrid cube mesh of NVIDIA's white paper).
constexpr std::uint32_t kCubeMesh[8][8] = {{0, 1, 1, 2, 2, 0, 0, 0}, {1, 0, 2, 1, 0, 2, 0, 0},
                                           {1, 2, 0, 2, 0, 0, 1, 0}, {2, 1, 2, 0, 0, 0, 0, 1},
                                           {2, 0, 0, 0, 0, 1, 1, 2}, {0, 2, 0, 0, 1, 0, 2, 1},
                                           {0, 0, 1, 0, 1, 2, 0, 2}, {0, 0, 0, 1, 2, 1, 2, 0}};

CommonAncestor by_halves(std::uint32_t a, std::uint32_t b) {
  return a / 4 == b / 4 ? CommonAncestor::kNumaNode : CommonAncestor::kSystem;
}

const std::vector<Board>& boards() {
  static const std::vector<Board> all = {
      {"only NUMA nodes known", nullptr},
      {"everybody alike",
       [](std::uint32_t, std::uint32_t b) {
         return mig::Peer{b, CommonAncestor::kNumaNode, 0};
       }},
      {"bridges of twelve links",
       [](std::uint32_t a, std::uint32_t b) {
         return mig::Peer{b, by_halves(a, b), (a ^ b) == 1 ? 12u : 0u};
       }},
      {"switches of two",
       [](std::uint32_t a, std::uint32_t b) {
         return mig::Peer{b, a / 2 == b / 2 ? CommonAncestor::kOneSwitch : by_halves(a, b), 0};
       }},
      {"DGX-1", [](std::uint32_t a, std::uint32_t b) {
         const bool one = a / 2 == b / 2;
         return mig::Peer{b, one ? CommonAncestor::kOneSwitch : by_halves(a, b), kCubeMesh[a][b]};
       }}};
  return all;
}

class EightGpus {
 public:
  explicit EightGpus(const Board& board, std::uint32_t count = 8) {
    for (std::uint32_t i = 0; i < count; ++i) node_.gpus.push_back(testing::whole_gpu(i));
    for (std::uint32_t i = 0; board.near && i < count; ++i)
      for (std::uint32_t j = 0; j < count; ++j)
        if (i != j) node_.gpus[i].peers.push_back(board.near(i, j));
    PluginConfig config;
    config.strategy = MigStrategy::kMixed;
    devices_ = offer(node_, config).resources.at(0).devices;
  }
  const mig::Node& node() const { return node_; }
  Gpus of(unsigned set) const {
    Gpus gpus;
    for (std::size_t i = 0; i < devices_.size(); ++i)
      if ((set >> i & 1u) != 0) gpus.push_back(&devices_[i]);
    return gpus;
  }
  unsigned points(unsigned set) const {
    unsigned sum = 0;
    const Gpus gpus = of(set);
    for (std::size_t i = 0; i < gpus.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) sum += nearness(node_, *gpus[i], *gpus[j]);
    return sum;
  }
  unsigned chosen(unsigned free, unsigned must, unsigned size) const {
    const Gpus with = of(must);
    unsigned set = must;
    for (const Device* gpu : preferred_gpus(node_, with, of(free & ~must), size - with.size()))
      set |= 1u << gpu->gpu;
    return set;
  }

 private:
  mig::Node node_;
  std::vector<Device> devices_;
};

// Tries every set there is: the most points of `set` dealt out in sets of `size` and a rest.
unsigned dealt_out(const std::vector<unsigned>& points, unsigned set, unsigned size) {
  const auto count = static_cast<unsigned>(std::popcount(set));
  if (count == 0) return 0;
  unsigned most = 0;
  const unsigned first = set & (~set + 1);
  for (unsigned part = set; part != 0; part = (part - 1) & set) {
    const auto members = static_cast<unsigned>(std::popcount(part));
    if ((part & first) == 0 || (members != size && members != count % size)) continue;
    // What is left over is one set: after it only whole ones.
    if (members != size && (count - members) % size != 0) continue;
    most = std::max(most, points[part] + dealt_out(points, set ^ part, size));
  }
  return most;
}

// Source of the order: preferred_gpus.h. Every set of free GPUs, every size, every single must.
TEST(PreferredGpusSweep, NoDealOnABoardOfEightIsBetter) {
  for (const Board& board : boards()) {
    SCOPED_TRACE(board.name);
    const EightGpus eight(board);
    std::vector<unsigned> points(256);
    for (unsigned set = 0; set < 256; ++set) points[set] = eight.points(set);
    for (unsigned size = 1; size <= 8; ++size) {
      std::vector<unsigned> dealt(256);
      for (unsigned set = 0; set < 256; ++set) dealt[set] = dealt_out(points, set, size);
      for (unsigned free = 1; free < 256; ++free) {
        for (unsigned must = 0; must <= free; must = must == 0 ? 1 : must << 1) {
          if ((must & free) != must || std::popcount(free) < static_cast<int>(size)) continue;
          const auto worth = [&](unsigned set) {
            return std::tuple(points[set] + dealt[free ^ set], points[set], points[free ^ set]);
          };
          auto best = std::tuple(0u, 0u, 0u);
          for (unsigned set = free; set != 0; set = (set - 1) & free)
            if (std::popcount(set) == static_cast<int>(size) && (set & must) == must)
              best = std::max(best, worth(set));
          const unsigned chosen = eight.chosen(free, must, size);
          ASSERT_EQ(std::popcount(chosen), static_cast<int>(size));
          ASSERT_EQ(chosen & ~free, 0u);
          ASSERT_EQ(chosen & must, must);
          ASSERT_EQ(worth(chosen), best)
              << fmt::format("{:#x} of {:#x} with {:#x}", chosen, free, must);
        }
      }
    }
  }
}

TEST(PreferredGpus, BridgedPairsStayPairs) {
  const EightGpus bridged(boards()[2]);
  EXPECT_EQ(bridged.chosen(0xff, 0, 2), 0x03u);
  EXPECT_EQ(bridged.chosen(0xf6, 0, 2), 0x30u);  // 1 and 2 have lost theirs
  EXPECT_EQ(bridged.chosen(0xfe, 0, 1), 0x02u);  // its other is taken already
  EXPECT_EQ(bridged.chosen(0xff, 0x40, 2), 0xc0u);
  EXPECT_EQ(bridged.chosen(0xff, 0, 4), 0x0fu);
  const EightGpus unknown(boards()[0]);
  EXPECT_EQ(unknown.chosen(0xf6, 0, 2), 0x06u);  // the half with fewer
}

TEST(PreferredGpus, MoreThanCanBeDealtOutAreTakenByNumaNode) {
  const EightGpus many(boards()[2], 20);
  EXPECT_EQ(many.chosen(0xfffff, 0, 4), 0x0fu);
  EXPECT_EQ(many.chosen(0xffffe, 0, 3), 0x0eu);
  const EightGpus most(boards()[2], 16);
  EXPECT_EQ(most.chosen(0xffff, 0, 2), 0x03u);
  EXPECT_EQ(most.chosen(0xfffe, 0, 1), 0x02u);
}

}  // namespace
}  // namespace septet::publish
