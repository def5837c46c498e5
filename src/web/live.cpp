#include "web/live.h"

#include <algorithm>

#include "http/sse.h"
#include "web/answer.h"

namespace septet::web {

namespace {

constexpr double kKeepAlive_s = 15;

}  // namespace

const std::string& Live::state_text() {
  if (state_.empty()) state_ = compact(state_json(frame_, seen_ ? *seen_ : Seen{}, fits_));
  return state_;
}

const std::string& Live::state_event() {
  if (state_event_.empty()) state_event_ = http::sse_event("state", state_text());
  return state_event_;
}

bool Live::give(Listener& listener, std::string_view bytes, bool& owes) {
  owes = listener.stream->waiting() > 0;
  return owes || listener.stream->push(bytes);
}

void Live::see(std::shared_ptr<const Seen> seen, bool sampled) {
  const std::scoped_lock lock(mutex_);
  std::string digest = digest_of(*seen);
  const bool changed = !seen_ || digest != digest_;
  seen_ = std::move(seen);
  digest_ = std::move(digest);
  state_.clear();
  state_event_.clear();
  if (changed) ++frame_.revision;
  if (listeners_.empty()) return;
  if (changed) {
    const std::string& event = state_event();
    std::erase_if(listeners_, [&](Listener& one) { return !give(one, event, one.owes_state); });
  } else if (sampled) {
    const std::string event = http::sse_event("activity", compact(activity_json(*seen_)));
    bool owed = false;  // who is behind misses this one: the next comes in a second
    std::erase_if(listeners_, [&](Listener& one) { return !give(one, event, owed); });
  }
}

void Live::tell_job(const Json& job) {
  const std::scoped_lock lock(mutex_);
  job_event_ = http::sse_event("change", compact(job));
  std::erase_if(listeners_, [&](Listener& one) { return !give(one, job_event_, one.owes_job); });
}

void Live::tick(double now_s) {
  const std::scoped_lock lock(mutex_);
  static const std::string alive = http::sse_comment("keep-alive");
  std::erase_if(listeners_, [&](Listener& one) {
    bool stays = true;
    if (one.owes_state) stays = give(one, state_event(), one.owes_state);
    if (stays && one.owes_job) stays = give(one, job_event_, one.owes_job);
    bool owed = false;
    if (stays && now_s >= one.heard_s + kKeepAlive_s) {
      stays = give(one, alive, owed);
      one.heard_s = now_s;
    }
    return !stays;
  });
}

std::shared_ptr<const Seen> Live::seen() const {
  const std::scoped_lock lock(mutex_);
  return seen_;
}

std::string Live::state() {
  const std::scoped_lock lock(mutex_);
  return state_text();
}

std::size_t Live::listeners() const {
  const std::scoped_lock lock(mutex_);
  return listeners_.size();
}

void Live::subscribe(http::Reply& reply, double now_s) {
  http::Response head;
  head.content_type = "text/event-stream";
  const std::scoped_lock lock(mutex_);
  Listener listener;
  listener.heard_s = now_s;
  listener.stream = reply.stream(std::move(head), state_event());
  if (listener.stream) listeners_.push_back(std::move(listener));
}

}  // namespace septet::web
