// lab/sharing/disturb.cpp — what interrupts a run: faults and new layouts.
#include <algorithm>

#include "lab/model/reconfiguration.h"
#include "lab/sharing/run_state.h"

namespace septet::lab::sharing {

void Run::lose(std::size_t c, Nanoseconds came) {
  if (within(came)) ++record_.clients[c].lost;
  if (closed(c)) ++processes_[c].waiting_to_ask;
}

void Run::kill(std::size_t c, double seconds) {
  Process& process = processes_[c];
  if (const auto& seat = seating().seats[c]) boards_[seat->gpu].stop(c);
  if (process.stage != Stage::kIdle) lose(c, process.serving.at);
  process.stage = Stage::kIdle;
  for (const Pending& pending : process.queue) lose(c, pending.at);
  process.queue.clear();
  const Nanoseconds up = now_ + nanoseconds(seconds);
  const Nanoseconds from = std::max(now_, process.down_until);
  if (up > from)
    record_.clients[c].down_seconds += seconds_of(std::min(up, end_) - std::min(from, end_));
  process.down_until = std::max(process.down_until, up);
  events_.schedule(process.down_until, {HappeningKind::kRecovers, static_cast<std::uint32_t>(c)});
}

void Run::fault(std::size_t index) {
  const PlannedFault& planned = scenario().faults[index];
  const auto& clients = *request_.clients;
  for (std::size_t c = 0; c < clients.size(); ++c) {
    if (clients[c].name != planned.tenant && clients[c].tenant->name != planned.tenant) continue;
    const Victims victims =
        victims_of(scenario(), request_.mode, seating(), planned.kind, c, request_.recovery);
    if (const auto& seat = seating().seats[c]) {
      boards_[seat->gpu].advance(now_);
      for (std::size_t v = 0; v < clients.size(); ++v) {
        if (victims.down[v]) kill(v, victims.seconds);
      }
      boards_[seat->gpu].settle();
    }
    break;  // of a tenant with replicas the first
  }
  if (waiting_for_drain_) go_on_when_drained();
}

void Run::begin_change() {
  if (changing_ || seating_ + 1 >= request_.seats->seatings.size()) return;
  const Seating& next = request_.seats->seatings[seating_ + 1];
  changing_ = waiting_for_drain_ = true;
  change_began_ = now_;
  const auto recut = [&](unsigned gpu) {
    return gpu >= next.layouts.size() || gpu >= seating().layouts.size() ||
           !(next.layouts[gpu] == seating().layouts[gpu]);
  };
  for (std::size_t c = 0; c < processes_.size(); ++c) {
    const auto& before = seating().seats[c];
    const auto& after = next.seats[c];
    const bool stays = before && after && *before == *after && !recut(before->gpu);
    processes_[c].draining = !stays;
  }
  go_on_when_drained();
}

void Run::go_on_when_drained() {
  for (const Process& process : processes_) {
    if (process.draining && process.stage != Stage::kIdle) return;
  }
  waiting_for_drain_ = false;
  const Seating& next = request_.seats->seatings[seating_ + 1];
  double calls = 0.0;  // GPUs are cut side by side
  for (std::size_t g = 0; g < next.layouts.size(); ++g) {
    const mig::Layout before = g < seating().layouts.size() ? seating().layouts[g] : mig::Layout();
    calls = std::max(calls, calls_seconds(scenario().gpu, before, next.layouts[g]));
  }
  events_.schedule(now_ + nanoseconds(calls + next.overhead_seconds), {HappeningKind::kReady, 0});
}

void Run::finish_change() {
  for (Board& board : boards_) board.advance(now_);
  record_.reconfiguring_seconds += seconds_of(now_ - change_began_);
  ++seating_;
  changing_ = false;
  cut_boards();
  for (std::size_t c = 0; c < processes_.size(); ++c) {
    processes_[c].draining = false;
    serve(c);
  }
  if (seating_ + 1 < request_.seats->seatings.size()) {
    const Nanoseconds at = nanoseconds(request_.seats->seatings[seating_ + 1].at);
    events_.schedule(std::max(at, now_), {HappeningKind::kChange, 0});
  }
}

}  // namespace septet::lab::sharing
