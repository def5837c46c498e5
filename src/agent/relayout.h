// agent/relayout.h — from the layout that is wanted to the layout that is, without hurting a pod.
//
// A change goes through these, for the GPUs that somebody is in the way on and the others apart:
//   as wanted -> (something differs) withheld -> settled -> applying -> as wanted
//                                       ^   blocked: a pod or process is in the way; what is to go
//                                       |   stays withheld, so that it is free once that ends
//                                       `-- failed: tried again later, at once if anything changed
// What is decided here is pure; `begin` and `ended` bracket the apply that runs elsewhere.
// Times in seconds of any steady clock.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/wanted_layout.h"
#include "mig/node.h"
#include "plan/diff.h"

namespace septet::agent {

enum class Phase : std::uint8_t { kIdle, kWithheld, kBlocked, kApplying, kFailed, kApplied };
std::string_view to_string(Phase phase);  // "Applied"

// How one GPU stands.
struct GpuStanding {
  std::uint32_t gpu = 0;
  std::string uuid;
  Phase phase = Phase::kIdle;
  std::string message;  // "blocked by pod default/train; ..."; empty: nothing to say
};

struct Standing {
  Phase phase = Phase::kIdle;  // the worst of the GPUs
  std::vector<GpuStanding> gpus;
  std::optional<Error> error;  // kBlocked, kFailed
};

class Relayout {
 public:
  struct Timing {
    double settle_s = 0.15;  // between "kubelet was told" and "nobody took it"
    double retry_s = 5, longest_retry_s = 300;
  };
  explicit Relayout(Timing timing) : timing_(timing) {}

  // UUIDs of what is to go: not to be shown.
  const std::set<std::string>& withheld() const { return withheld_; }
  double withheld_since_s() const { return withheld_since_s_; }  // when the last of it joined
  const Standing& standing() const { return standing_; }
  bool applying() const { return applying_; }

  // `node` with pods as holders. Sets what is withheld and how the GPUs stand.
  void consider(const std::optional<Request>& request, const mig::Node& node, double now_s);
  // The node, or who holds its slices, is not known: nothing is changed, nothing new withheld.
  void unknown(Error error);
  // The plan to carry out now: kubelet was told (`told_s`: when) what is withheld, who holds what
  // was asked after that (`asked_s`), and nobody is in the way. nullopt: not yet, or nothing.
  std::optional<plan::Plan> ready(double told_s, double asked_s, double now_s) const;
  void begin();
  // How the apply ended; nullopt: done.
  void ended(std::optional<Error> failure, double now_s);
  // When consider() should be called again although nothing happened; nullopt: never.
  std::optional<double> next_s() const;

 private:
  void stand(const plan::Plan& whole, const std::set<std::uint32_t>& blocked,
             const mig::Node& node);
  void withhold(const plan::Plan& plan, const mig::Node& node, const std::set<std::string>& before,
                double now_s);

  Timing timing_;
  Standing standing_;
  std::set<std::string> withheld_;
  double withheld_since_s_ = 0;
  plan::Plan free_;   // the steps that nobody is in the way of
  std::string seen_;  // the node as considered last
  bool applying_ = false;
  std::string key_;  // of the request considered last
  struct Failure {
    Error error;
    double retry_at_s = 0, wait_s = 0;
    std::string node;  // what it was like, without UUIDs: undone steps give new ones
  };
  std::optional<Failure> failure_;
};

}  // namespace septet::agent
