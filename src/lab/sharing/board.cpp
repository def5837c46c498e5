#include "lab/sharing/board.h"

#include <algorithm>
#include <cmath>

#include "lab/model/power.h"
#include "lab/model/transfer.h"

namespace septet::lab::sharing {

namespace {

constexpr double kDone = 1e-9;  // seconds: less than the clock can tell
const Nanoseconds kQuantum = nanoseconds(kQuantumSeconds);
const Nanoseconds kSwitch = nanoseconds(kQuantumSeconds * kTurnOverhead);

Nanoseconds after(Nanoseconds now, double seconds) {
  return now + std::max<Nanoseconds>(1, static_cast<Nanoseconds>(std::ceil(seconds * 1e9)));
}

}  // namespace

Board::Board(const GpuModel& gpu, Mode mode, bool turn_by_turn, bool totals)
    : gpu_(gpu), mode_(mode), turn_by_turn_(turn_by_turn), counts_totals_(totals) {}

void Board::cut(std::vector<Domain> domains) {
  SEPTET_ASSERT(running_.empty() && moving_.empty());
  domains_ = std::move(domains);
  turns_.assign(domains_.size(), {});
  running_in_.assign(domains_.size(), 0);
  changed_.assign(domains_.size(), true);
}

bool Board::by_turns(unsigned domain) const {
  return domains_[domain].discipline == Discipline::kTurns;
}

Board::Running* Board::find(std::size_t client) {
  const auto found = std::ranges::find(running_, client, &Running::client);
  return found == running_.end() ? nullptr : &*found;
}

void Board::start(std::size_t client, const Seat& seat, const Work& work, double size) {
  const Domain& domain = domains_[seat.domain];
  Running running{client, seat.domain, &work, size, seat.sm_cap};
  plan::Share share = domain.share;
  if (seat.sm_cap > 0.0) share.sm = std::min(share.sm, seat.sm_cap);
  running.takes = seconds_on(work, domain.share, size);
  running.sm_seconds = sm_seconds_on(work, share, size);
  running.run_from = now_;
  running_.push_back(running);
  ++running_in_[seat.domain];
  changed_[seat.domain] = true;
  if (!by_turns(seat.domain) || !turn_by_turn_) return;
  Turns& turns = turns_[seat.domain];
  // A context that goes on at once keeps its turn.
  const bool keeps = turns.last == client && turns.left_at == now_ && turns.until > now_;
  keeps ? turns.line.push_front(client) : turns.line.push_back(client);
}

void Board::transfer(std::size_t client, const Seat& seat, double bytes) {
  moving_.push_back({client, bytes, domains_[seat.domain].link_cap, 0.0});
}

void Board::stop(std::size_t client) {
  std::erase_if(moving_, [&](const Moving& one) { return one.client == client; });
  if (find(client) != nullptr) remove(client);
}

void Board::remove(std::size_t client) {
  Running* running = find(client);
  close_span(*running, now_);
  const unsigned domain = running->domain;
  --running_in_[domain];
  changed_[domain] = true;
  running_.erase(running_.begin() + (running - running_.data()));
  Turns& turns = turns_[domain];
  if (turns.line.empty()) return;
  if (turns.line.front() == client) {
    turns.left_at = now_;
    turns.line.pop_front();
  } else {
    std::erase(turns.line, client);
  }
}

void Board::close_span(Running& running, Nanoseconds at) {
  if (running.since == kNothing) return;
  const Nanoseconds from = std::max(running.since, spans_from_), to = std::min(at, spans_to_);
  running.since = kNothing;
  if (from >= to || ran_out_) return;
  if (spans_.size() >= most_spans_) {
    ran_out_ = true;
    return;
  }
  spans_.push_back({running.client, from, to});
}

void Board::give_turn(unsigned domain) {
  Turns& turns = turns_[domain];
  Running* holder = find(turns.line.front());
  if (holder->client == turns.last) {
    if (holder->run_from >= turns.until) {  // came back after a pause
      turns.until = holder->run_from + kQuantum;
    } else if (turns.until < now_) {  // was alone: one quantum followed the other
      turns.until += ((now_ - turns.until) / kQuantum + 1) * kQuantum;
    }
    if (holder->since == kNothing) holder->since = holder->run_from;
    if (turns.until > now_ || turns.line.size() == 1) return;
    close_span(*holder, now_);
    turns.line.push_back(holder->client);
    turns.line.pop_front();
    holder = find(turns.line.front());
  }
  const bool switches = turns.last != kNobody;
  turns.last = holder->client;
  holder->run_from = now_ + (switches ? kSwitch : 0);
  turns.until = holder->run_from + kQuantum;
  holder->since = holder->run_from;
}

void Board::set_turn_rates(unsigned domain) {
  if (!turn_by_turn_) {
    const double n = running_in_[domain];
    for (Running& running : running_) {
      if (running.domain != domain) continue;
      running.rate = 1.0 / (running.takes * (n > 1.0 ? n * (1.0 + kTurnOverhead) : 1.0));
      if (running.since == kNothing) running.since = now_;
    }
    return;
  }
  give_turn(domain);
  const Turns& turns = turns_[domain];
  for (Running& running : running_) {
    if (running.domain != domain) continue;
    running.rate = running.client == turns.line.front() ? 1.0 / running.takes : 0.0;
  }
}

void Board::set_shared_rates(unsigned domain) {
  if (!changed_[domain]) {  // as they were, before the neighbours slowed them
    for (Running& running : running_)
      if (running.domain == domain) running.rate = 1.0 / running.takes;
    return;
  }
  changed_[domain] = false;
  scratch_clients_.clear();
  scratch_who_.clear();
  for (std::size_t i = 0; i < running_.size(); ++i) {
    if (running_[i].domain != domain) continue;
    scratch_clients_.push_back({running_[i].work, running_[i].size, running_[i].sm_cap});
    scratch_who_.push_back(i);
  }
  scratch_.resize(scratch_clients_.size());
  mps_seconds(scratch_clients_, domains_[domain].share, scratch_);
  for (std::size_t i = 0; i < scratch_who_.size(); ++i) {
    Running& running = running_[scratch_who_[i]];
    running.takes = scratch_[i];
    running.rate = 1.0 / running.takes;
    if (running.since == kNothing) running.since = now_;
  }
}

// What is left of the neighbours: the residual of MIG, the clock when power is short.
void Board::slow_down() {
  const bool instances = mode_ == Mode::kMig || mode_ == Mode::kMigMps;
  const bool at_once = instances || mode_ == Mode::kMps || mode_ == Mode::kMpsPercentages;
  if (!at_once || running_.size() < 2) return;
  Activity activity;
  double busy = 0.0;
  for (const Running& running : running_) {
    activity.sm += running.sm_seconds * running.rate;
    activity.dram += running.work->bandwidth * running.size * running.rate;
  }
  for (std::size_t d = 0; d < domains_.size(); ++d) {
    if (running_in_[d] > 0) busy += domains_[d].weight;
  }
  const double clock = clock_slowdown(gpu_, activity);
  for (Running& running : running_) {
    const double own = domains_[running.domain].weight;
    const double others = own < 1.0 ? (busy - own) / (1.0 - own) : 0.0;
    const double residual = instances ? residual_slowdown(gpu_, others) : 1.0;
    running.rate /= std::max(clock, residual);
  }
}

void Board::settle() {
  for (unsigned d = 0; d < domains_.size(); ++d) {
    if (running_in_[d] == 0) continue;
    if (by_turns(d)) {
      set_turn_rates(d);
    } else {
      set_shared_rates(d);
    }
  }
  slow_down();
  if (!moving_.empty()) {
    scratch_.clear();
    for (const Moving& moving : moving_) scratch_.push_back(moving.cap);
    scratch_rates_.resize(moving_.size());
    share_link(link_bytes_per_second(gpu_), scratch_, scratch_rates_);
    for (std::size_t i = 0; i < moving_.size(); ++i) moving_[i].rate = scratch_rates_[i];
  }
  find_next();
}

void Board::find_next() {
  next_ = kNothing;
  for (const Running& running : running_) {
    if (running.rate <= 0.0) continue;
    const Nanoseconds from = std::max(now_, running.run_from);
    next_ = std::min(next_, after(from, running.left / running.rate));
  }
  for (const Moving& moving : moving_)
    next_ = std::min(next_, after(now_, moving.left / moving.rate));
  for (const Turns& turns : turns_) {
    if (turns.line.size() < 2) continue;
    next_ = std::min(next_, std::max(now_ + 1, turns.until));
  }
}

void Board::advance(Nanoseconds now) {
  SEPTET_ASSERT(now >= now_);
  const double seconds = seconds_of(now - now_);
  double sm = 0.0, dram = 0.0, engine = 0.0;
  for (std::size_t d = 0; d < domains_.size(); ++d) {
    if (running_in_[d] > 0) engine += domains_[d].weight;
  }
  for (Running& running : running_) {
    if (running.rate <= 0.0) continue;
    const Nanoseconds from = std::max(now_, running.run_from);
    if (from >= now) continue;
    const double progress = std::min(running.left, seconds_of(now - from) * running.rate);
    running.left -= progress;
    sm += progress * running.sm_seconds;
    dram += progress * running.work->bandwidth * running.size;
    if (running.left <= kDone * running.rate) running.left = 0.0;
  }
  for (Moving& moving : moving_) {
    moving.left -= seconds * moving.rate;
    if (moving.left <= kDone * moving.rate) moving.left = 0.0;
  }
  now_ = now;
  if (seconds <= 0.0 || !counts_totals_) return;
  sm = std::min(sm, seconds);
  dram = std::min(dram, seconds);
  totals_.engine += std::min(1.0, engine) * seconds;
  totals_.sm += sm;
  totals_.dram += dram;
  totals_.allocation += allocation_ * seconds;
  totals_.joules += watts_drawn(gpu_, {sm / seconds, dram / seconds}, true) * seconds;
}

const std::vector<std::size_t>& Board::take_finished() {
  finished_.clear();
  for (const Running& running : running_) {
    if (running.left <= 0.0) finished_.push_back(running.client);
  }
  for (const std::size_t client : finished_) remove(client);
  if (moving_.empty()) return finished_;
  for (const Moving& moving : moving_) {
    if (moving.left <= 0.0) finished_.push_back(moving.client);
  }
  std::erase_if(moving_, [](const Moving& moving) { return moving.left <= 0.0; });
  return finished_;
}

void Board::record_spans(Nanoseconds from, Nanoseconds to, std::size_t most) {
  spans_from_ = from;
  spans_to_ = to;
  most_spans_ = most;
}

std::vector<Span> Board::take_spans() {
  for (Running& running : running_) close_span(running, now_);
  return std::move(spans_);
}

}  // namespace septet::lab::sharing
