#include "lab/sharing/run.h"

#include <algorithm>
#include <tuple>

#include "lab/sharing/arrivals.h"
#include "lab/sharing/picture_window.h"
#include "lab/sharing/run_state.h"

namespace septet::lab::sharing {

namespace {

Totals minus(const Totals& a, const Totals& b) {
  return {a.engine - b.engine, a.sm - b.sm, a.dram - b.dram, a.allocation - b.allocation,
          a.joules - b.joules};
}

}  // namespace

Run::Run(const RunRequest& request) : request_(request) {
  end_ = nanoseconds(scenario().seconds);
  warm_ = nanoseconds(scenario().warm_up);
  std::size_t gpus = 0;
  for (const Seating& one : request.seats->seatings) gpus = std::max(gpus, one.gpus.size());
  const bool exact = scenario().seconds <= kTurnByTurnSeconds;
  for (std::size_t g = 0; g < gpus; ++g)
    boards_.emplace_back(scenario().gpu, request.mode, exact, request.totals);
  record_.clients.resize(request.clients->size());
  processes_.resize(request.clients->size());
  for (std::size_t c = 0; c < processes_.size(); ++c)
    processes_[c].random = (*request.clients)[c].random;
  if (request.until_missed) {
    for (std::size_t c = 0; c < processes_.size(); ++c) {
      if (closed(c) || !tenant(c).objective_seconds) continue;
      const auto counted = std::ranges::count_if(
          (*request.clients)[c].arrivals,
          [&](const auto& arrival) { return within(nanoseconds(arrival.at)); });
      processes_[c].most_late = static_cast<std::uint64_t>(counted) / 100;
    }
  }
  record_.spans.resize(gpus);
}

void Run::cut_boards() {
  std::vector<double> held(boards_.size(), 0.0);
  for (std::size_t c = 0; c < processes_.size(); ++c) {
    const auto& seat = seating().seats[c];
    if (seat && seating().layouts.empty()) held[seat->gpu] = 1.0;
  }
  for (std::size_t g = 0; g < seating().layouts.size(); ++g) {
    std::vector<bool> used(seating().gpus[g].size(), false);
    for (const auto& seat : seating().seats) {
      if (seat && seat->gpu == g) used[seat->domain] = true;
    }
    for (std::size_t d = 0; d < used.size(); ++d) {
      if (used[d]) held[g] += seating().gpus[g][d].weight;
    }
  }
  for (std::size_t g = 0; g < boards_.size(); ++g) {
    const bool there = g < seating().gpus.size();
    const bool same = seating_ > 0 && there &&
                      g < request_.seats->seatings[seating_ - 1].layouts.size() &&
                      g < seating().layouts.size() &&
                      request_.seats->seatings[seating_ - 1].layouts[g] == seating().layouts[g];
    if (!same) boards_[g].cut(there ? seating().gpus[g] : std::vector<Domain>{});
    boards_[g].hold(held[g]);
  }
}

void Run::begin() {
  cut_boards();
  for (std::size_t c = 0; c < processes_.size(); ++c) {
    if (request_.only && *request_.only != c) continue;
    const auto whose = static_cast<std::uint32_t>(c);
    if (closed(c)) {
      for (unsigned i = 0; i < tenant(c).arrivals.clients; ++i) asks_later(c, 0.0);
    } else if (!(*request_.clients)[c].arrivals.empty()) {
      events_.schedule(nanoseconds((*request_.clients)[c].arrivals.front().at),
                       {HappeningKind::kArrival, whose});
    }
  }
  for (std::uint32_t f = 0; f < scenario().faults.size(); ++f)
    events_.schedule(nanoseconds(scenario().faults[f].at), {HappeningKind::kFault, f});
  if (request_.seats->seatings.size() > 1)
    events_.schedule(nanoseconds(request_.seats->seatings[1].at), {HappeningKind::kChange, 0});
  events_.schedule(warm_, {HappeningKind::kWarm, 0});
  for (std::uint32_t i = 1; i <= kSamples; ++i)
    events_.schedule(end_ / static_cast<Nanoseconds>(kSamples) * i, {HappeningKind::kSample, i});
  if (!request_.pictures) return;
  std::tie(record_.spans_from, record_.spans_to) = picture_window(scenario(), *request_.clients);
  for (Board& board : boards_)
    board.record_spans(nanoseconds(record_.spans_from), nanoseconds(record_.spans_to),
                       kMostSpans / boards_.size());
}

RunRecord Run::go() {
  begin();
  while (!missed_) {
    const std::size_t next = next_board();
    const Nanoseconds on_board = next < boards_.size() ? boards_[next].next() : kNothing;
    const Nanoseconds event = events_.empty() ? kNothing : events_.next().at;
    if (std::min(on_board, event) > end_) break;
    now_ = std::min(on_board, event);
    if (event <= on_board) {
      handle(events_.pop().payload);
    } else {
      board_event(next);
    }
  }
  now_ = end_;
  record_.within = minus(totals_now(), at_warm_);
  for (std::size_t g = 0; g < boards_.size(); ++g) record_.spans[g] = boards_[g].take_spans();
  count_unfinished();
  if (changing_) record_.reconfiguring_seconds += seconds_of(end_ - change_began_);
  return std::move(record_);
}

void Run::count_unfinished() {
  for (std::size_t c = 0; c < processes_.size(); ++c) {
    const Process& process = processes_[c];
    std::uint64_t& count = record_.clients[c].unfinished;
    count = process.stage != Stage::kIdle && within(process.serving.at) ? 1 : 0;
    for (const Pending& pending : process.queue) count += within(pending.at) ? 1 : 0;
  }
}

void Run::handle(const Happening& happening) {
  const std::size_t whose = happening.whose;
  switch (happening.kind) {
    case HappeningKind::kArrival: {
      const auto& list = (*request_.clients)[whose].arrivals;
      const double size = list[processes_[whose].next_arrival++].size;
      if (processes_[whose].next_arrival < list.size())
        events_.schedule(nanoseconds(list[processes_[whose].next_arrival].at), happening);
      return arrives(whose, size);
    }
    case HappeningKind::kAsks: return arrives(whose, 1.0);
    case HappeningKind::kFault: return fault(whose);
    case HappeningKind::kRecovers:
      if (processes_[whose].down_until > now_) return;
      for (; processes_[whose].waiting_to_ask > 0; --processes_[whose].waiting_to_ask)
        asks_later(whose, seconds_of(now_));
      return serve(whose);
    case HappeningKind::kChange: return begin_change();
    case HappeningKind::kReady: return finish_change();
    case HappeningKind::kSample: return sample();
    case HappeningKind::kWarm: at_warm_ = totals_now(); return;
  }
}

void Run::arrives(std::size_t c, double size) {
  if (within(now_)) ++record_.clients[c].offered;
  if (processes_[c].down_until > now_) return lose(c, now_);
  processes_[c].queue.push_back({now_, size});
  serve(c);
}

void Run::asks_later(std::size_t c, double from) {
  if (const auto then = next_active(tenant(c).arrivals, from))
    events_.schedule(nanoseconds(*then), {HappeningKind::kAsks, static_cast<std::uint32_t>(c)});
}

void Run::serve(std::size_t c) {
  Process& process = processes_[c];
  const auto& seat = seating().seats[c];
  if (process.stage != Stage::kIdle || process.queue.empty() || process.draining || !seat ||
      process.down_until > now_)
    return;
  process.serving = process.queue.front();
  process.queue.pop_front();
  boards_[seat->gpu].advance(now_);
  next_stage(c);
  boards_[seat->gpu].settle();
}

// The board stands at now_ and is settled by the caller.
void Run::next_stage(std::size_t c) {
  Process& process = processes_[c];
  const Seat& seat = *seating().seats[c];
  const Work& work = tenant(c).work;
  Board& board = boards_[seat.gpu];
  if (process.stage == Stage::kIdle) {
    process.stage = Stage::kToDevice;
    if (work.to_device_bytes > 0.0)
      return board.transfer(c, seat, work.to_device_bytes * process.serving.size);
  }
  if (process.stage == Stage::kToDevice) {
    process.stage = Stage::kComputes;
    return board.start(c, seat, work, process.serving.size);
  }
  if (process.stage == Stage::kComputes) {
    process.stage = Stage::kFromDevice;
    if (work.from_device_bytes > 0.0)
      return board.transfer(c, seat, work.from_device_bytes * process.serving.size);
  }
  complete(c);
}

void Run::look_if_missed(std::size_t c, float latency) {
  Process& process = processes_[c];
  const auto& objective = tenant(c).objective_seconds;
  if (objective && latency > static_cast<float>(*objective)) ++process.late;
  missed_ = missed_ || process.late > process.most_late;
}

void Run::complete(std::size_t c) {
  Process& process = processes_[c];
  process.stage = Stage::kIdle;
  ClientRecord& record = record_.clients[c];
  const double latency = seconds_of(now_ - process.serving.at);
  const auto& objective = tenant(c).objective_seconds;
  if (within(process.serving.at)) {
    ++record.completed;
    record.latencies.push_back(static_cast<float>(latency));
    if (request_.until_missed) look_if_missed(c, record.latencies.back());
  }
  if (within(now_)) {
    ++record.finished_within;
    if (!objective || latency <= *objective) ++record.good_within;
  }
  if (closed(c)) {
    const double think = tenant(c).arrivals.think;
    const double pause = think > 0.0 ? process.random.exponential(think) : 0.0;
    const double then = seconds_of(now_) + pause;
    if (pause == 0.0 && next_active(tenant(c).arrivals, then) == then) {
      if (within(now_)) ++record.offered;
      process.queue.push_back({now_, 1.0});
    } else {
      asks_later(c, then);
    }
  }
  if (process.queue.empty() || process.draining || process.down_until > now_) return;
  process.serving = process.queue.front();
  process.queue.pop_front();
  next_stage(c);
}

// The GPU on which something ends first. There are few: asking them all is quicker than a queue of
// ends, most of which change before they come.
std::size_t Run::next_board() const {
  const auto first = std::ranges::min_element(boards_, {}, &Board::next);
  return static_cast<std::size_t>(first - boards_.begin());
}

void Run::board_event(std::size_t gpu) {
  Board& board = boards_[gpu];
  board.advance(now_);
  for (const std::size_t c : board.take_finished()) next_stage(c);
  board.settle();
  if (waiting_for_drain_) go_on_when_drained();
}

Totals Run::totals_now() {
  Totals sum;
  for (Board& board : boards_) {
    board.advance(now_);
    const Totals& one = board.totals();
    sum.engine += one.engine;
    sum.sm += one.sm;
    sum.dram += one.dram;
    sum.allocation += one.allocation;
    sum.joules += one.joules;
  }
  return sum;
}

void Run::sample() {
  record_.samples.push_back({seconds_of(now_), totals_now()});
  const Nanoseconds middle = warm_ + (end_ - warm_) / 2;
  if (now_ < warm_) return;
  for (std::size_t c = 0; c < processes_.size(); ++c) {
    ClientRecord& record = record_.clients[c];
    const auto waiting = static_cast<double>(processes_[c].queue.size());
    (now_ < middle ? record.backlog_early : record.backlog_late) += waiting;
  }
}

RunRecord run(const RunRequest& request) { return Run(request).go(); }

}  // namespace septet::lab::sharing
