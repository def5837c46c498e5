#include "lab/recommend/layout_ranking.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <tuple>

#include "lab/sharing/instance_size.h"
#include "lab/sharing/shared_instances.h"

namespace septet::lab::recommending {

namespace {

using Profile = const mig::GpuInstanceProfile*;

constexpr double kNoRoom = 1e12;  // its memory does not fit
constexpr double kComfortable =
    0.7;  // of the objective; nearer than that is not worth a larger one
// Of a tenant without objective: how far it may be slowed before that outweighs anything.
constexpr double kTrainingWeight = 1e-3;

// How near the replica comes to its objective alone on each profile.
class Suitability {
 public:
  explicit Suitability(const Scenario& scenario) : clients_(sharing::clients_of(scenario)) {
    for (const sharing::Client& client : clients_) {
      std::map<Profile, double> row;
      for (const Profile profile : sharing::plain_profiles(scenario.gpu)) {
        row[profile] = ratio(client, sharing::estimate_in(scenario, client, *profile));
      }
      rows_.push_back(std::move(row));
    }
  }

  std::size_t replicas() const { return clients_.size(); }
  double of(std::size_t replica, Profile profile) const { return rows_[replica].at(profile); }
  bool asks(std::size_t replica) const {
    return clients_[replica].tenant->objective_seconds.has_value();
  }

 private:
  static double ratio(const sharing::Client& client, const sharing::Estimate& estimate) {
    if (!estimate.fits) return kNoRoom;
    if (client.tenant->objective_seconds) return estimate.p99 / *client.tenant->objective_seconds;
    return kTrainingWeight * estimate.p99;
  }

  std::vector<sharing::Client> clients_;
  std::vector<std::map<Profile, double>> rows_;
};

// Each replica an instance that suits it to `limit`, by augmenting paths (Kuhn). Those with an
// objective go first and prefer the smallest that suits; the others prefer the largest.
class Matching {
 public:
  Matching(const Suitability& suits, const std::vector<Profile>& instances, double limit)
      : suits_(suits), instances_(instances), limit_(limit), holder_(instances.size()) {}

  bool complete() {
    for (const bool asking : {true, false}) {
      for (std::size_t replica = 0; replica < suits_.replicas(); ++replica) {
        if (suits_.asks(replica) != asking) continue;
        std::vector<bool> seen(instances_.size(), false);
        if (!place(replica, seen)) return false;
      }
    }
    return true;
  }
  std::vector<Profile> profiles() const {
    std::vector<Profile> result(suits_.replicas(), nullptr);
    for (std::size_t i = 0; i < instances_.size(); ++i)
      if (holder_[i]) result[*holder_[i]] = instances_[i];
    return result;
  }

 private:
  bool place(std::size_t replica, std::vector<bool>& seen) {
    const std::size_t count = instances_.size();
    for (std::size_t step = 0; step < count; ++step) {
      const std::size_t i = suits_.asks(replica) ? step : count - 1 - step;
      if (seen[i] || suits_.of(replica, instances_[i]) > limit_) continue;
      seen[i] = true;
      if (holder_[i] && !place(*holder_[i], seen)) continue;
      holder_[i] = replica;
      return true;
    }
    return false;
  }

  const Suitability& suits_;
  const std::vector<Profile>& instances_;  // smallest first
  double limit_;
  std::vector<std::optional<std::size_t>> holder_;
};

bool smaller(Profile a, Profile b) {
  return a->size != b->size ? a->size < b->size : a->slices < b->slices;
}

// The least limit at which everybody is placed; nullopt: at none.
std::optional<RankedLayout> assigned(const Suitability& suits,
                                     const std::vector<std::vector<Profile>>& gpus) {
  std::vector<Profile> instances;
  for (const auto& gpu : gpus) instances.insert(instances.end(), gpu.begin(), gpu.end());
  if (instances.size() < suits.replicas()) return std::nullopt;
  std::ranges::stable_sort(instances, smaller);
  std::set<double> limits;
  for (std::size_t replica = 0; replica < suits.replicas(); ++replica) {
    for (const Profile profile : instances) {
      const double ratio = suits.of(replica, profile);
      if (ratio < kNoRoom) limits.insert(std::max(ratio, kComfortable));
    }
  }
  const std::vector<double> sorted(limits.begin(), limits.end());
  const auto least = std::ranges::partition_point(
      sorted, [&](double limit) { return !Matching(suits, instances, limit).complete(); });
  if (least == sorted.end()) return std::nullopt;
  Matching matching(suits, instances, *least);
  matching.complete();
  RankedLayout ranked;
  const auto profiles = matching.profiles();
  for (std::size_t replica = 0; replica < profiles.size(); ++replica) {
    ranked.profiles.emplace_back(profiles[replica]->name);
    const double ratio = suits.of(replica, profiles[replica]);
    if (suits.asks(replica)) {
      ranked.worst = std::max(ranked.worst, ratio);
    } else {
      ranked.slowness += std::log(std::max(ratio, 1e-12));
    }
  }
  for (const auto& gpu : gpus) {
    std::vector<std::string> names;
    for (const Profile profile : gpu) names.emplace_back(profile->name);
    ranked.layouts.push_back(std::move(names));
  }
  return ranked;
}

// C(n + k - 1, k), saturating. Each product is divisible: it is itself a binomial coefficient.
std::size_t combinations(std::size_t n, unsigned k) {
  std::size_t count = 1;
  for (unsigned i = 1; i <= k && count < 1'000'000'000; ++i) count = count * (n + i - 1) / i;
  return count;
}

}  // namespace

std::vector<std::vector<Profile>> maximal_multisets(const GpuModel& gpu) {
  std::vector<std::vector<Profile>> result;
  const auto add = [&](const mig::Layout& layout) {
    std::vector<Profile> profiles;
    for (const mig::Instance& instance : layout.instances()) profiles.push_back(instance.profile);
    std::ranges::stable_sort(profiles, smaller);
    result.push_back(std::move(profiles));
  };
  for (const mig::Layout& layout : sharing::layouts_to_share(gpu)) add(layout);
  // The whole GPU as one instance.
  const auto sizes = sharing::plain_profiles(gpu);
  if (!sizes.empty()) result.push_back({sizes.back()});
  return result;
}

std::optional<std::vector<RankedLayout>> rank_layouts(const Scenario& scenario, unsigned gpus,
                                                      std::size_t count,
                                                      std::size_t most_combinations) {
  const auto multisets = maximal_multisets(scenario.gpu);
  if (combinations(multisets.size(), gpus) > most_combinations) return std::nullopt;
  const Suitability suits(scenario);
  std::vector<RankedLayout> ranked;
  std::vector<std::vector<Profile>> chosen;
  const std::function<void(std::size_t)> visit = [&](std::size_t from) {
    if (chosen.size() == gpus) {
      if (auto one = assigned(suits, chosen)) ranked.push_back(*std::move(one));
      return;
    }
    for (std::size_t i = from; i < multisets.size(); ++i) {
      chosen.push_back(multisets[i]);
      visit(i);
      chosen.pop_back();
    }
  };
  visit(0);
  std::ranges::stable_sort(ranked, {}, [](const RankedLayout& one) {
    return std::tuple(std::max(one.worst, kComfortable), one.slowness, one.worst);
  });
  if (ranked.size() > count) ranked.resize(count);
  return ranked;
}

}  // namespace septet::lab::recommending
