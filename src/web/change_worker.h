// web/change_worker.h — carries out what a client confirmed: one change at a time, with the journal
// as witness.
//
// Under the change lock it looks, plans again and compares: another plan than the one that was
// confirmed is not carried out. Then it applies as septet apply does; the journal's verb is "api",
// its actor says for whom.
// Threads. start() and job() from any; answers and progress come from the worker's.
// Errors.  In the answer: 409 another plan now, somebody in the way, another change; 422, 503.
//          Later: in the job.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/json.h"
#include "http/server.h"
#include "partition/apply.h"
#include "partition/journal_apply.h"
#include "watch/change_session.h"
#include "web/planned.h"

namespace septet::web {

struct Order {
  PlanRequest request;
  std::string hash;
  bool allow_reset = false;
  std::string peer;  // "127.0.0.1"; "a local socket"
};

class ChangeWorker {
 public:
  // `told` is called with a Job whenever one moved on.
  ChangeWorker(partition::OpenDriver open, std::function<void(const Json&)> told)
      : open_(std::move(open)), told_(std::move(told)) {}
  ~ChangeWorker();  // what runs is interrupted, and undone
  ChangeWorker(const ChangeWorker&) = delete;
  ChangeWorker& operator=(const ChangeWorker&) = delete;

  // Answers 202 with the job once the plan stands, or why not.
  void start(Order order, std::shared_ptr<http::Reply> reply);
  std::optional<Json> job(const std::string& id) const;  // of the newest 32
  void interrupt() { interrupted_ = true; }  // nothing is begun any more, what runs is undone

 private:
  void carry_out(const Order& order, http::Reply& reply);
  void apply(const Order& order, const Planned& planned, watch::ChangeSession& session,
             std::int64_t id);
  void tell(std::int64_t id, const std::function<void(Json&)>& change);

  partition::OpenDriver open_;
  std::function<void(const Json&)> told_;
  std::atomic<bool> interrupted_{false}, busy_{false};
  mutable std::mutex mutex_;
  std::deque<Json> jobs_;  // the newest last
  std::int64_t last_job_ = 0;
  std::mutex starting_;
  std::thread thread_;
};

}  // namespace septet::web
