#include "web/change_worker.h"

#include <fmt/format.h>

#include <chrono>

#include "web/answer.h"

namespace septet::web {

namespace {

constexpr int kLockWait_ms = 2'000;
constexpr std::size_t kMostJobs = 32;

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Error another_plan() {
  return {Code::kConflict, "the plan is another now: the node changed since it was made",
          "look at the new plan, and confirm that", 0, nullptr};
}

Error another_change() {
  return {Code::kBusy, "another change of this node is under way", "wait until it has ended", 0,
          nullptr};
}

http::Response conflict(const Error& error, const std::string& hash) {
  return json_answer(409, {{"error", error_json(error)}, {"hash", hash}});
}

const char* state_of(partition::End end) {
  switch (end) {
    case partition::End::kDone:
    case partition::End::kAwaitsReboot: return "done";
    case partition::End::kRolledBack: return "rolled-back";
    case partition::End::kStuck: return "stuck";
  }
  return "stuck";
}

// The plan as it would be made now; what keeps it from being carried out as an error.
Result<Planned> plan_again(const Order& order, watch::ChangeSession& session) {
  const mig::Node node = TRY(session.driver->observe());
  return plan_of(order.request, node, session.journal.get(), order.allow_reset);
}

}  // namespace

ChangeWorker::~ChangeWorker() {
  interrupted_ = true;
  if (thread_.joinable()) thread_.join();
}

void ChangeWorker::start(Order order, std::shared_ptr<http::Reply> reply) {
  const std::scoped_lock lock(starting_);
  if (interrupted_ || busy_.exchange(true)) return reply->send(error_answer(another_change()));
  if (thread_.joinable()) thread_.join();
  thread_ = std::thread([this, order = std::move(order), reply = std::move(reply)]() mutable {
    carry_out(order, *reply);
    reply.reset();
    busy_ = false;
  });
}

void ChangeWorker::tell(std::int64_t id, const std::function<void(Json&)>& change) {
  Json told;
  {
    const std::scoped_lock lock(mutex_);
    for (Json& job : jobs_) {
      if (job["job"] != std::to_string(id)) continue;
      change(job);
      told = job;
    }
  }
  if (!told.is_null()) told_(told);
}

std::optional<Json> ChangeWorker::job(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  for (const Json& job : jobs_) {
    if (job["job"] == id) return job;
  }
  return std::nullopt;
}

void ChangeWorker::carry_out(const Order& order, http::Reply& reply) {
  auto session = watch::begin_change(open_, kLockWait_ms, order.peer);
  if (!session) return reply.send(error_answer(session.error()));
  const auto planned = plan_again(order, *session);
  if (!planned) return reply.send(error_answer(planned.error()));
  const std::string hash = hash_of(planned->plan);
  if (hash != order.hash) return reply.send(conflict(another_plan(), hash));
  if (planned->obstacle) return reply.send(conflict(*planned->obstacle, hash));
  std::int64_t id = 0;
  {
    const std::scoped_lock lock(mutex_);
    id = ++last_job_;
    jobs_.push_back({{"job", std::to_string(id)},
                     {"state", "running"},
                     {"step", 0},
                     {"steps", planned->plan.steps.size()},
                     {"text", ""},
                     {"change", nullptr},
                     {"error", nullptr},
                     {"seconds", 0.0}});
    if (jobs_.size() > kMostJobs) jobs_.pop_front();
  }
  reply.send(json_answer(202, {{"job", std::to_string(id)}}));
  apply(order, *planned, *session, id);
}

void ChangeWorker::apply(const Order& order, const Planned& planned, watch::ChangeSession& session,
                         std::int64_t id) {
  const double began = now_s();
  partition::ApplyOptions options;
  options.allow_reset = order.allow_reset;
  options.interrupted = &interrupted_;
  options.open_driver = session.open;
  options.teller = session.teller;
  options.progress = [&](const plan::Step& step, std::size_t number, std::size_t) {
    tell(id, [&](Json& job) {
      job["step"] = number;
      job["text"] = plan::to_string(step);
      job["seconds"] = now_s() - began;
    });
  };
  const auto made = partition::apply_with_journal(*session.journal, session.lock, planned.title,
                                                  planned.plan, *session.driver, options);
  tell(id, [&](Json& job) {
    job["seconds"] = now_s() - began;
    if (!made) {
      job["state"] = "refused";
      job["error"] = error_json(made.error());
      return;
    }
    job["state"] = state_of(made->outcome.end);
    job["step"] = made->outcome.steps_done;
    if (made->change) job["change"] = *made->change;
    const std::string change = made->change ? fmt::format("change {}", *made->change) : "";
    if (made->outcome.end != partition::End::kDone) {
      job["error"] = error_json(partition::failure_of(made->outcome, planned.plan, change));
    } else if (made->untold) {
      job["error"] = error_json(*made->untold);
    }
  });
}

}  // namespace septet::web
