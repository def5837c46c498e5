#include "publish/preferred_gpus.h"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_set>

namespace septet::publish {
namespace {

using Set = std::uint32_t;  // bit i: the i-th GPU
using Gpus = std::vector<const Device*>;

unsigned points_of(mig::CommonAncestor ancestor) {
  return 10 * (static_cast<unsigned>(ancestor) + 1);
}

const mig::Gpu* gpu_of(const mig::Node& node, const Device& device) {
  const auto found = std::ranges::find(node.gpus, device.gpu, &mig::Gpu::index);
  return found == node.gpus.end() ? nullptr : &*found;
}

// All subsets of `from` with `count` members, in the order of their first members.
template <typename Visit>
void each_subset(Set from, std::size_t count, const Visit& visit, Set chosen = 0) {
  if (count == 0) return visit(chosen);
  while (static_cast<std::size_t>(std::popcount(from)) >= count) {
    const Set first = from & (~from + 1);
    from ^= first;
    each_subset(from, count - 1, visit, chosen | first);
  }
}

class Dealer {
 public:
  Dealer(const mig::Node& node, const Gpus& gpus, std::size_t size)
      : size_(size), all_((Set{1} << gpus.size()) - 1), points_(all_ + 1), dealt_(all_ + 1) {
    std::vector<std::vector<unsigned>> near(gpus.size(), std::vector<unsigned>(gpus.size()));
    for (std::size_t i = 0; i < gpus.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) near[i][j] = nearness(node, *gpus[i], *gpus[j]);
    // Of a set: those of the set without its last member, and the pairs with that.
    for (Set set = 1; set <= all_; ++set) {
      const auto last = static_cast<std::size_t>(std::bit_width(set)) - 1;
      const Set others = set ^ (Set{1} << last);
      points_[set] = points_[others];
      for (Set rest = others; rest != 0; rest &= rest - 1)
        points_[set] += near[last][static_cast<std::size_t>(std::countr_zero(rest))];
    }
  }

  // The set to hand out, which has all of `must`.
  Set best(Set must) {
    Set best = 0;
    std::tuple<unsigned, unsigned, unsigned> most;
    const auto needed = static_cast<std::size_t>(std::popcount(must));
    each_subset(all_ & ~must, size_ - needed, [&](Set added) {
      const Set set = must | added, rest = all_ & ~set;
      const std::tuple worth(points_[set] + dealt(rest), points_[set], points_[rest]);
      if (best != 0 && worth <= most) return;
      best = set;
      most = worth;
    });
    return best;
  }

 private:
  // The most points when `set` is dealt out in sets of `size_`, and one of what is left over.
  unsigned dealt(Set set) {
    const auto count = static_cast<std::size_t>(std::popcount(set));
    if (count <= size_ || size_ == 1) return size_ == 1 ? 0 : points_[set];
    if (dealt_[set]) return *dealt_[set];
    const Set first = set & (~set + 1), others = set ^ first;
    unsigned most = 0;
    const auto with_first = [&](Set added) {
      const Set one = first | added;
      most = std::max(most, points_[one] + dealt(set ^ one));
    };
    each_subset(others, size_ - 1, with_first);
    // Or the first is one of those left over.
    if (const std::size_t over = count % size_; over != 0)
      each_subset(others, over - 1, with_first);
    dealt_[set] = most;
    return most;
  }

  std::size_t size_;
  Set all_;
  std::vector<unsigned> points_;  // by set, of all pairs in it
  std::vector<std::optional<unsigned>> dealt_;
};

// One NUMA node if one will do: that of the musts, else the one with the fewest that has enough,
// else the one with the most, and again for the rest.
Gpus by_numa_node(const Gpus& must, const Gpus& candidates, std::size_t count) {
  std::map<int, Gpus> by_node;
  for (const Device* device : candidates) by_node[device->numa_node.value_or(-1)].push_back(device);
  std::unordered_set<int> begun;
  for (const Device* device : must) begun.insert(device->numa_node.value_or(-1));
  Gpus picked;
  while (picked.size() < count) {
    const std::size_t left = count - picked.size();
    const auto rank = [&](const auto& entry) {
      const std::size_t have = entry.second.size();
      const bool enough = have >= left;
      return std::tuple(!begun.contains(entry.first), !enough, enough ? have : ~have);
    };
    const auto node = std::ranges::min_element(by_node, {}, rank);
    const std::size_t here = std::min(left, node->second.size());
    picked.insert(picked.end(), node->second.begin(),
                  node->second.begin() + static_cast<std::ptrdiff_t>(here));
    begun.insert(node->first);
    by_node.erase(node);
  }
  return picked;
}

}  // namespace

unsigned nearness(const mig::Node& node, const Device& one, const Device& other) {
  if (const mig::Gpu* gpu = gpu_of(node, one)) {
    const auto peer = std::ranges::find(gpu->peers, other.gpu, &mig::Peer::gpu);
    if (peer != gpu->peers.end()) return points_of(peer->ancestor) + 100 * peer->nvlinks;
  }
  const bool together = one.numa_node && one.numa_node == other.numa_node;
  return points_of(together ? mig::CommonAncestor::kNumaNode : mig::CommonAncestor::kSystem);
}

Gpus preferred_gpus(const mig::Node& node, const Gpus& must, const Gpus& candidates,
                    std::size_t count) {
  if (must.size() + candidates.size() > kMostDealtOut) return by_numa_node(must, candidates, count);
  Gpus gpus = must;
  gpus.insert(gpus.end(), candidates.begin(), candidates.end());
  Dealer dealer(node, gpus, must.size() + count);
  const Set chosen = dealer.best((Set{1} << must.size()) - 1);
  Gpus picked;
  for (std::size_t i = must.size(); i < gpus.size(); ++i)
    if ((chosen >> i & 1u) != 0) picked.push_back(gpus[i]);
  return picked;
}

}  // namespace septet::publish
