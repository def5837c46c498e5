#include "lab/model/sharing_rules.h"

#include <algorithm>
#include <vector>

#include "base/result.h"

namespace septet::lab {

double time_sliced_seconds(double alone, unsigned runnable) {
  return runnable <= 1 ? alone : runnable * alone * (1.0 + kTurnOverhead);
}

double longest_wait_for_turn(unsigned runnable) {
  return runnable <= 1 ? 0.0 : (runnable - 1) * kQuantumSeconds * (1.0 + kTurnOverhead);
}

double residual_slowdown(const GpuModel& gpu, double others_busy) {
  return 1.0 + gpu.residual.value * others_busy;
}

namespace {

struct Crowd {
  plan::Share domain;
  double weights = 0.0;  // sum of w_j, all clients
  double caps = 0.0;     // sum of the percentages
  double bandwidth = 1.0;
};

double own_weight(const Work& work, plan::Share domain) {
  return std::min(1.0, work.most_sm / domain.sm);
}

double crowded_seconds(const MpsClient& client, const Crowd& crowd, std::size_t clients) {
  const Work& work = *client.work;
  const double bandwidth = work.bandwidth * client.size / crowd.domain.memory * crowd.bandwidth;
  const double penalty = 1.0 + work.mps_overhead * static_cast<double>(clients - 1);
  const double whole = std::min(crowd.domain.sm, work.most_sm);
  if (client.sm_cap > 0.0) {
    const double scale = std::max(1.0, crowd.caps / crowd.domain.sm);  // more than 100 % handed out
    const double sm = std::min(client.sm_cap / scale, whole);
    const double compute = work.compute * client.size * work.most_sm / sm;
    return overlapped(work.host, compute, bandwidth, work.overlap) * penalty;
  }
  const double compute = work.compute * client.size * work.most_sm / whole;
  if (clients == 1) return overlapped(work.host, compute, bandwidth, work.overlap);
  const double others = crowd.weights > 1.0 ? crowd.weights - own_weight(work, crowd.domain) : 0.0;
  const double times = 1.0 + others;
  return overlapped(work.host, compute * times, bandwidth * times, work.overlap) * penalty;
}

}  // namespace

void mps_seconds(std::span<const MpsClient> clients, plan::Share domain,
                 std::span<double> seconds) {
  SEPTET_ASSERT(seconds.size() >= clients.size());
  Crowd crowd{domain};
  for (const MpsClient& client : clients) {
    crowd.weights += own_weight(*client.work, domain);
    crowd.caps += client.sm_cap;
  }
  double wanted = 0.0;  // of the domain's bandwidth
  for (std::size_t i = 0; i < clients.size(); ++i) {
    seconds[i] = crowded_seconds(clients[i], crowd, clients.size());
    wanted += clients[i].work->bandwidth * clients[i].size / domain.memory / seconds[i];
  }
  if (clients.size() < 2 || wanted <= kBandwidthKnee) return;
  crowd.bandwidth = wanted / kBandwidthKnee;
  for (std::size_t i = 0; i < clients.size(); ++i)
    seconds[i] = crowded_seconds(clients[i], crowd, clients.size());
}

double mps_seconds_of_same(const Work& work, unsigned n, plan::Share domain) {
  SEPTET_ASSERT(n > 0);
  const std::vector<MpsClient> clients(n, MpsClient{&work});
  std::vector<double> seconds(n);
  mps_seconds(clients, domain, seconds);
  return seconds.front();
}

}  // namespace septet::lab
