#include "lab/openb/published.h"

#include <algorithm>

#include "base/quoted.h"
#include "lab/openb/columns.h"

namespace septet::lab::openb {

namespace {

using plan::pods::Policy;

constexpr std::string_view kWorkloadPrefix = "openb_pod_list_";

std::optional<Policy> policy_published_as(std::string_view name) {
  if (name == "01-Random") return Policy::kRandom;
  if (name == "02-DotProd") return Policy::kDotProduct;
  if (name == "03-GpuClustering") return Policy::kGpuClustering;
  if (name == "04-GpuPacking") return Policy::kGpuPacking;
  if (name == "05-BestFit") return Policy::kBestFit;
  if (name == "06-FGD") return Policy::kFgd;
  return std::nullopt;
}

}  // namespace

Result<std::vector<PublishedMean>> parse_published(const CsvTable& table) {
  std::vector<std::string> words = {"workload", "policy"};
  for (const int load : kMeasuredLoads)
    words.push_back("alloc_at_" + std::to_string(load) + "_mean");
  const auto column = TRY(columns_of(table, {words.begin(), words.end()}));
  std::vector<PublishedMean> means;
  for (std::size_t r = 1; r < table.rows.size(); ++r) {
    const auto& row = table.rows[r];
    const CsvField& workload = row[column[0]];
    const auto policy = policy_published_as(row[column[1]].text);
    if (!policy) return table.fail_at(row[column[1]], "unknown policy");
    if (!workload.text.starts_with(kWorkloadPrefix))
      return table.fail_at(workload,
                           "a workload is called " + std::string(kWorkloadPrefix) + "NAME");
    PublishedMean mean{workload.text.substr(kWorkloadPrefix.size()), *policy, {}};
    for (std::size_t i = 0; i < mean.allocated.size(); ++i)
      mean.allocated[i] = TRY(table.number(row[column[i + 2]], "mean"));
    means.push_back(std::move(mean));
  }
  return means;
}

const PublishedMean* published_for(const std::vector<PublishedMean>& means, std::string_view trace,
                                   Policy policy) {
  const auto found = std::ranges::find_if(means, [&](const PublishedMean& mean) {
    return mean.trace == trace && mean.policy == policy;
  });
  return found == means.end() ? nullptr : &*found;
}

}  // namespace septet::lab::openb
