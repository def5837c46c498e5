// lab/answer/compare_words.h — the words that texts about scenarios have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lab/sharing/outcome.h"

namespace septet::lab::answer {

std::string seconds_text(double seconds);  // "2.1 s", "250 ms", "14.3 ms", "3.5 min"
std::string share_text(double share);      // "56 %"
std::string rate_text(double per_second);  // "14.7", "0.52", "1530"
std::string counted(std::size_t count, std::string_view one);  // "1 GPU", "7 GPUs"

// Replicas in the order of ModeOutcome::tenants: each with the tenant that it is one of.
std::vector<const Tenant*> replicas_of(const Scenario& scenario);
// The one that is worst off: of those with an objective the highest p99 over it, else the highest
// p99; those that train do not count. nullopt: all train.
std::optional<std::size_t> worst_tenant(const std::vector<const Tenant*>& replicas,
                                        const ModeOutcome& outcome);
// Has anybody an objective?
bool any_objective(const Scenario& scenario);
// "detector p99 2.1 s of 250 ms"; "detector falls behind for good".
std::string miss_text(const Tenant& tenant, const TenantOutcome& outcome);

}  // namespace septet::lab::answer
