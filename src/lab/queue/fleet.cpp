#include "lab/queue/fleet.h"

#include <algorithm>

namespace septet::lab::queue {

Fleet::Fleet(const World& world) : world_(world), jobs_(world.jobs.size()), gpus_(world.gpus) {
  for (std::size_t i = 0; i < jobs_.size(); ++i) jobs_[i].left = world.jobs[i].work;
}

double Fleet::attained(unsigned index) const {
  const JobState& job = jobs_[index];
  double left = job.left;
  if (job.gpu != kNowhere)
    left -= std::max(0.0, now_ - std::max(job.counted, job.resumes)) * job.speed;
  return world_.jobs[index].work - std::max(left, 0.0);
}

// Counts the progress since the last change.
void Fleet::close_segment(unsigned index) {
  JobState& job = jobs_[index];
  const double from = std::max(job.counted, job.resumes);
  if (now_ > from) {
    job.left = std::max(0.0, job.left - (now_ - from) * job.speed);
    log_.push_back(
        {index, static_cast<unsigned>(job.gpu), job.place, job.held, from, now_, job.speed});
    if (!job.started()) job.began = from;
  } else if (now_ > job.held) {  // it held its place, but only stalled there
    log_.push_back({index, static_cast<unsigned>(job.gpu), job.place, job.held, now_, now_, 0});
  }
  job.counted = job.held = now_;
}

void Fleet::leave(unsigned index) {
  close_segment(index);
  JobState& job = jobs_[index];
  std::erase(gpus_[static_cast<std::size_t>(job.gpu)].jobs, index);
  job.gpu = job.place = kNowhere;
  job.ends = kForever;
}

void Fleet::sit(unsigned index, unsigned gpu, int place, double speed, double resumes) {
  JobState& job = jobs_[index];
  SEPTET_ASSERT(speed > 0 && job.gpu == kNowhere);
  std::erase(waiting_, index);
  job.gpu = static_cast<int>(gpu);
  job.place = place;
  job.speed = speed;
  job.resumes = resumes;
  job.held = job.counted = now_;
  job.ends = resumes + job.left / speed;
  gpus_[gpu].jobs.push_back(index);
}

void Fleet::stop(unsigned job) {
  if (jobs_[job].gpu == kNowhere) return;
  leave(job);
  if (jobs_[job].started()) ++jobs_[job].moves;
  arrive(job);
}

void Fleet::arrive(unsigned job) { waiting_.insert(std::ranges::lower_bound(waiting_, job), job); }

void Fleet::prepare(unsigned gpu, std::vector<int> instances) {
  gpus_[gpu].instances = std::move(instances);
}

void Fleet::join(unsigned gpu, unsigned job, double speed, double resumes) {
  sit(job, gpu, kNowhere, speed, resumes);
}

void Fleet::set_speed(unsigned job, double speed, double resumes) {
  close_segment(job);
  jobs_[job].speed = speed;
  jobs_[job].resumes = std::max(resumes, now_);
  jobs_[job].ends = jobs_[job].resumes + jobs_[job].left / speed;
}

// The driver's calls from `from` on; when each place is ready, and when the last call ends.
double Fleet::calls(unsigned gpu, std::span<const Seat> seats, double from,
                    std::array<double, 16>& ready) {
  std::vector<int>& instances = gpus_[gpu].instances;
  const auto cost = [&](const auto& table, int place) {
    return table[world_.places.all[static_cast<std::size_t>(place)].profile];
  };
  const auto in_the_way = [&](int instance) {
    return std::ranges::any_of(seats, [&](const Seat& seat) {
      return seat.place != instance && world_.places.overlap(seat.place, instance);
    });
  };
  double time = std::max(from, gpus_[gpu].calls_end);
  bool called = false;
  for (const int instance : instances) {
    if (!in_the_way(instance)) continue;
    time += cost(world_.costs.destroy, instance);
    called = true;
  }
  std::erase_if(instances, in_the_way);
  for (const Seat& seat : seats) {
    if (std::ranges::find(instances, seat.place) != instances.end()) continue;
    time += cost(world_.costs.create, seat.place);
    called = true;
    ready[static_cast<std::size_t>(seat.place)] = time;
    instances.push_back(seat.place);
  }
  return called ? time : gpus_[gpu].calls_end;
}

void Fleet::recut(unsigned gpu, std::span<const Seat> seats) {
  SEPTET_ASSERT(world_.places.all.size() <= 16);
  const auto seat_of = [&](unsigned job) { return std::ranges::find(seats, job, &Seat::job); };
  const auto stays = [&](unsigned job) {
    const auto seat = seat_of(job);
    return seat != seats.end() && jobs_[job].gpu == static_cast<int>(gpu) &&
           jobs_[job].place == seat->place;
  };
  bool checkpointed = false;
  std::vector<unsigned> going;
  for (const unsigned job : gpus_[gpu].jobs)
    if (!stays(job)) going.push_back(job);
  for (const Seat& seat : seats)
    if (jobs_[seat.job].gpu != kNowhere && jobs_[seat.job].gpu != static_cast<int>(gpu))
      going.push_back(seat.job);
  for (const unsigned job : going) {
    stop(job);
    checkpointed = checkpointed || jobs_[job].started();
  }
  const double from = now_ + (checkpointed ? world_.costs.checkpoint : 0);
  std::array<double, 16> ready{};
  ready.fill(now_);
  gpus_[gpu].calls_end = calls(gpu, seats, from, ready);
  for (const Seat& seat : seats) {
    if (stays(seat.job)) continue;
    const bool moved =
        std::ranges::find(going, seat.job) != going.end() && jobs_[seat.job].started();
    double begins = std::max(ready[static_cast<std::size_t>(seat.place)],
                             now_ + (moved ? world_.costs.checkpoint : 0));
    if (jobs_[seat.job].started()) begins += world_.costs.restart;
    const auto profile = world_.places.all[static_cast<std::size_t>(seat.place)].profile;
    sit(seat.job, gpu, seat.place, world_.jobs[seat.job].speed[profile], begins);
  }
}

double Fleet::next_end() const {
  double next = kForever;
  for (const GpuState& gpu : gpus_)
    for (const unsigned job : gpu.jobs) next = std::min(next, jobs_[job].ends);
  return next;
}

std::vector<unsigned> Fleet::advance(double to) {
  now_ = to;
  std::vector<unsigned> ended;
  for (unsigned gpu = 0; gpu < gpus_.size(); ++gpu) {
    const std::vector<unsigned> on_it = gpus_[gpu].jobs;
    bool any = false;
    for (const unsigned job : on_it) {
      if (jobs_[job].ends > to) continue;
      leave(job);
      jobs_[job].left = 0;
      jobs_[job].finished = to;
      ++done_;
      any = true;
    }
    if (any) ended.push_back(gpu);
  }
  return ended;
}

}  // namespace septet::lab::queue
