#include "agent/layout_worker.h"

#include <fmt/format.h>

#include <chrono>

#include "partition/recover.h"
#include "watch/change_session.h"

namespace septet::agent {

namespace {

constexpr int kLockWait_ms = 10'000;

}  // namespace

LayoutWorker::~LayoutWorker() {
  interrupted_ = true;
  if (thread_.joinable()) thread_.join();
}

Result<std::string> LayoutWorker::carry_out(const plan::Plan& plan) {
  watch::ChangeSession session = TRY(watch::begin_change(open_, kLockWait_ms));
  partition::ApplyOptions options;
  options.allow_reset = allow_reset_;
  options.interrupted = &interrupted_;
  options.open_driver = session.open;
  options.teller = session.teller;
  const auto made = TRY(partition::apply_with_journal(*session.journal, session.lock, "agent", plan,
                                                      *session.driver, options));
  const std::string change = made.change ? fmt::format("change {}", *made.change) : "";
  if (made.outcome.end != partition::End::kDone)
    return std::unexpected(partition::failure_of(made.outcome, plan, change));
  if (made.untold) return std::unexpected(*made.untold);
  return fmt::format("{} steps, each read back{}{}", made.outcome.steps_done,
                     change.empty() ? "" : ", ", change);
}

void LayoutWorker::start(plan::Plan plan, std::string title) {
  if (thread_.joinable()) thread_.join();
  finished_ = false;
  thread_ = std::thread([this, plan = std::move(plan), title = std::move(title)] {
    const auto began = std::chrono::steady_clock::now();
    auto done = carry_out(plan);
    result_ = {};
    result_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    if (done) {
      result_.text = fmt::format("{}: {}", title, *done);
    } else {
      result_.failure = std::move(done).error();
    }
    finished_ = true;
    done_();
  });
}

std::optional<LayoutWorker::Ended> LayoutWorker::ended() {
  if (!finished_) return std::nullopt;
  thread_.join();
  finished_ = false;
  return std::exchange(result_, {});
}

Result<std::string> LayoutWorker::recover() {
  watch::ChangeSession session = TRY(watch::begin_change(open_, kLockWait_ms));
  partition::RecoverOptions options;
  options.apply.allow_reset = allow_reset_;
  const auto recovered =
      TRY(partition::recover(*session.journal, session.lock, *session.driver, options));
  std::string text;
  for (const partition::Recovered& one : recovered) text += partition::to_string(one) + "\n";
  if (!recovered.empty()) TRY(session.teller->after());
  return text;
}

}  // namespace septet::agent
