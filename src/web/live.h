// web/live.h — the node as it is now, for whoever asks, and as it changes, for whoever listens.
//
// Streams get `state` when they come and when anything but activity changed, `activity` each
// second, `change` with every step of a change. One that is behind gets the newest of each, not
// what it missed: nothing is queued for it.
// Cost.    A state is written once, however many listen.
// Threads. Any.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/json.h"
#include "http/server.h"
#include "web/seen.h"
#include "web/state.h"

namespace septet::web {

class Live {
 public:
  explicit Live(StateFrame frame) : frame_(std::move(frame)) {}

  // What the watcher saw. `sampled`: activity is new too.
  void see(std::shared_ptr<const Seen> seen, bool sampled);
  void tell_job(const Json& job);
  // What those that were behind are owed, and a sign of life for those that heard nothing for long.
  // To be called a few times a second.
  void tick(double now_s);

  std::shared_ptr<const Seen> seen() const;  // nullptr: not looked yet
  std::string state();                       // as JSON
  void subscribe(http::Reply& reply, double now_s);
  std::size_t listeners() const;

 private:
  struct Listener {
    std::shared_ptr<http::Stream> stream;
    bool owes_state = false, owes_job = false;
    double heard_s = 0;
  };
  // False: it is gone.
  bool give(Listener& listener, std::string_view bytes, bool& owes);
  const std::string& state_text();
  const std::string& state_event();

  mutable std::mutex mutex_;
  StateFrame frame_;
  WhatFits fits_;
  std::shared_ptr<const Seen> seen_;
  std::string digest_, state_, state_event_, job_event_;  // texts: empty until somebody asks
  std::vector<Listener> listeners_;
};

}  // namespace septet::web
