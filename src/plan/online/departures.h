// plan/online/departures.h — who leaves next: a heap of four children per node.
//
// Half as deep as a binary heap, and the children of a node lie in one cache line.
// Ties leave in the order of their job numbers, so a replay is the same on every machine.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace septet::plan::online {

class Departures {
 public:
  struct Leaving {
    double time = 0;
    std::uint32_t job = 0;
    friend bool operator<(const Leaving& a, const Leaving& b) {
      return a.time != b.time ? a.time < b.time : a.job < b.job;
    }
  };

  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  const Leaving& next() const { return heap_.front(); }

  void push(Leaving leaving) {
    std::size_t at = heap_.size();
    heap_.push_back(leaving);
    while (at > 0) {
      const std::size_t parent = (at - 1) / 4;
      if (!(leaving < heap_[parent])) break;
      heap_[at] = heap_[parent];
      at = parent;
    }
    heap_[at] = leaving;
  }

  Leaving pop() {
    const Leaving first = heap_.front();
    const Leaving last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sink(last);
    return first;
  }

 private:
  void sink(Leaving leaving) {
    std::size_t at = 0;
    for (;;) {
      const std::size_t child = at * 4 + 1;
      if (child >= heap_.size()) break;
      const std::size_t end = std::min(child + 4, heap_.size());
      std::size_t least = child;
      for (std::size_t c = child + 1; c < end; ++c) {
        if (heap_[c] < heap_[least]) least = c;
      }
      if (!(heap_[least] < leaving)) break;
      heap_[at] = heap_[least];
      at = least;
    }
    heap_[at] = leaving;
  }

  std::vector<Leaving> heap_;
};

}  // namespace septet::plan::online
