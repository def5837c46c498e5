#include "plan/fleet/max_flow.h"

#include <algorithm>

namespace septet::plan {

std::size_t MaxFlow::add_node() {
  out_.emplace_back();
  return out_.size() - 1;
}

std::size_t MaxFlow::add_edge(std::size_t from, std::size_t to, Amount capacity) {
  out_[from].push_back(edges_.size());
  edges_.push_back({to, capacity});
  out_[to].push_back(edges_.size());
  edges_.push_back({from, 0});
  return edges_.size() / 2 - 1;
}

void MaxFlow::close(std::size_t edge) { edges_[2 * edge].left = edges_[2 * edge + 1].left = 0; }

bool MaxFlow::layers(std::size_t source, std::size_t sink) {
  level_.assign(out_.size(), -1);
  level_[source] = 0;
  std::vector<std::size_t> queue{source};
  for (std::size_t head = 0; head < queue.size(); ++head) {
    for (const std::size_t e : out_[queue[head]]) {
      if (edges_[e].left <= 0 || level_[edges_[e].to] >= 0) continue;
      level_[edges_[e].to] = level_[queue[head]] + 1;
      queue.push_back(edges_[e].to);
    }
  }
  return level_[sink] >= 0;
}

MaxFlow::Amount MaxFlow::push(std::size_t node, std::size_t sink, Amount most) {
  if (node == sink) return most;
  Amount pushed = 0;
  for (std::size_t& i = next_[node]; i < out_[node].size(); ++i) {
    const std::size_t e = out_[node][i];
    if (edges_[e].left <= 0 || level_[edges_[e].to] != level_[node] + 1) continue;
    const Amount more = push(edges_[e].to, sink, std::min(most - pushed, edges_[e].left));
    edges_[e].left -= more;
    edges_[e ^ 1u].left += more;
    pushed += more;
    if (pushed == most) return pushed;  // this edge may take more
  }
  return pushed;
}

MaxFlow::Amount MaxFlow::run(std::size_t source, std::size_t sink) {
  Amount total = 0;
  while (layers(source, sink)) {
    next_.assign(out_.size(), 0);
    total += push(source, sink, kPlenty);
  }
  return total;
}

}  // namespace septet::plan
