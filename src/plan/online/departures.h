// plan/online/departures.h — who leaves next: a calendar of small buckets.
//
// A bucket holds a stretch of time so short that one or two leave in it; the one at hand is sorted,
// the others are lists. Adding and taking cost the same at any number of jobs (a heap's cost grows,
// and so do its cache misses). Buckets are used again and again, year after year: who leaves in a
// later year waits in the list. Calendar queues are Brown's (CACM 1988).
// Ties leave in the order of their job numbers, so a replay is the same on every machine.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
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

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  // Of what is there (not empty): the first.
  const Leaving& next() {
    if (due_.empty()) open_next();
    return due_.back();
  }

  // Never earlier than who was taken last.
  void push(Leaving leaving) {
    ++size_;
    if (size_ > 2 * heads_.size() || heads_.empty()) rebuild(leaving.time);
    add(leaving);
  }

  Leaving pop() {
    const Leaving first = next();
    due_.pop_back();
    --size_;
    last_ = first.time;
    return first;
  }

 private:
  struct Node {
    Leaving leaving;
    std::uint32_t next;
  };
  static constexpr std::uint32_t kEnd = 0xffffffff;

  // Which bucket of all time; buckets before `open_` are over, that one is in due_.
  std::uint64_t bucket(double time) const { return static_cast<std::uint64_t>(time * per_time_); }

  void add(Leaving leaving) {
    const std::uint64_t at = bucket(leaving.time);
    if (at <= open_) {
      due_.insert(std::upper_bound(due_.begin(), due_.end(), leaving,
                                   [](const Leaving& a, const Leaving& b) { return b < a; }),
                  leaving);
      return;
    }
    std::uint32_t node = free_;
    if (node == kEnd) {
      node = static_cast<std::uint32_t>(nodes_.size());
      nodes_.emplace_back();
    } else {
      free_ = nodes_[node].next;
    }
    std::uint32_t& head = heads_[at & (heads_.size() - 1)];
    nodes_[node] = {leaving, head};
    head = node;
  }

  // Goes on to the next bucket in which somebody leaves this year.
  void open_next() {
    for (std::uint64_t looked = 0; due_.empty(); ++looked) {
      if (looked > heads_.size()) skip_ahead();
      ++open_;
      std::uint32_t* link = &heads_[open_ & (heads_.size() - 1)];
      while (*link != kEnd) {
        const std::uint32_t node = *link;
        if (bucket(nodes_[node].leaving.time) > open_) {
          link = &nodes_[node].next;
          continue;
        }
        due_.push_back(nodes_[node].leaving);
        *link = nodes_[node].next;
        nodes_[node].next = free_;
        free_ = node;
      }
    }
    if (due_.size() > 1)
      std::sort(due_.begin(), due_.end(), [](const Leaving& a, const Leaving& b) { return b < a; });
  }

  // Nobody leaves for a whole year: straight to the first who does.
  void skip_ahead() {
    std::uint64_t first = ~std::uint64_t{0};
    for (const std::uint32_t head : heads_) {
      for (std::uint32_t node = head; node != kEnd; node = nodes_[node].next)
        first = std::min(first, bucket(nodes_[node].leaving.time));
    }
    open_ = first - 1;
  }

  // Buckets for twice as many as there are, a mean wait of all long in a quarter of them.
  void rebuild(double newest) {
    std::vector<Leaving> all = std::move(due_);
    due_.clear();
    for (const std::uint32_t head : heads_) {
      for (std::uint32_t node = head; node != kEnd; node = nodes_[node].next)
        all.push_back(nodes_[node].leaving);
    }
    double wait = newest - last_;
    for (const Leaving& one : all) wait += one.time - last_;
    wait /= static_cast<double>(all.size() + 1);
    const std::size_t buckets = std::bit_ceil(std::max<std::size_t>(16, 4 * all.size()));
    heads_.assign(buckets, kEnd);
    nodes_.clear();
    free_ = kEnd;
    per_time_ = wait > 0 ? static_cast<double>(buckets) / (4 * wait) : 1;
    open_ = bucket(last_);
    for (const Leaving& one : all) add(one);
  }

  std::vector<std::uint32_t> heads_;  // a power of two of them
  std::vector<Node> nodes_;
  std::uint32_t free_ = kEnd;
  std::vector<Leaving> due_;  // of the bucket at hand, the first to leave last
  std::uint64_t open_ = 0;
  double per_time_ = 1, last_ = 0;
  std::size_t size_ = 0;
};

}  // namespace septet::plan::online
