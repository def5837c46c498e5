#include "verify/check_serving.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "mig/layout.h"
#include "verify/acceptable.h"
#include "verify/claimed_layout.h"
#include "verify/serving_prices.h"

namespace septet::verify {

namespace {

using ProfileRow = const mig::GpuInstanceProfile*;

// One pass over a certificate, front to back; each step objects and goes on where it can.
class ServingCheck {
 public:
  explicit ServingCheck(const ServingCertificate& certificate) : certificate_(certificate) {}

  ServingVerdict run() {
    product_ = mig::find_product(certificate_.product);
    if (product_ == nullptr) {
      object("/product", "{} is no product in septet's tables", certificate_.product);
      return std::move(verdict_);
    }
    for (std::size_t s = 0; s < certificate_.services.size(); ++s) check_service(s);
    if (certificate_.services.empty()) object("/services", "there is none");
    // What follows looks services and their options up; it would only repeat those objections.
    if (!verdict_.holds()) return std::move(verdict_);
    check_layouts();
    check_placed();
    check_prices();
    return std::move(verdict_);
  }

 private:
  template <typename... Words>
  void object(std::string at, fmt::format_string<Words...> format, Words&&... words) {
    constexpr std::size_t kMost = 20;
    if (verdict_.objections.size() < kMost)
      verdict_.objections.push_back(
          {std::move(at), fmt::format(format, std::forward<Words>(words)...)});
  }

  void check_service(std::size_t index) {
    const ServiceClaim& service = certificate_.services[index];
    const std::string at = fmt::format("/services/{}", index);
    if (!by_name_.try_emplace(service.workload.name, index).second)
      object(at, "{} is listed twice", service.workload.name);
    if (service.rate == 0)
      object(at + (service.measured ? "/rate" : "/replicas"), "{} asks for nothing",
             service.workload.name);
    if (service.options.empty()) object(at + "/options", "{} has none", service.workload.name);
    std::set<std::string> seen;
    for (std::size_t i = 0; i < service.options.size(); ++i) {
      const std::string where =
          service.measured ? fmt::format("{}/options/{}", at, i) : at + "/size";
      if (!seen.insert(service.options[i].profile).second)
        object(where, "{} is listed twice", service.options[i].profile);
      check_option(service, service.options[i], where);
    }
  }

  void check_option(const ServiceClaim& service, const SizeOption& option, const std::string& at) {
    const ProfileRow profile = product_->geometry.find_name(option.profile);
    if (profile == nullptr) return object(at, "{} has no profile {}", product_->id, option.profile);
    if (!acceptable(product_->geometry, *profile, service.workload))
      object(at, "{} does not have what {} needs", option.profile, service.workload.name);
    if (!service.measured) return;
    ++(option.modelled ? verdict_.modelled : verdict_.measured);
    if (option.per_second == 0) object(at + "/per_second", "gives nothing");
    if (option.batch == 0) object(at + "/batch", "no batch is empty");
    if (option.processes == 0) object(at + "/processes", "no process runs");
    if (service.latency_allowed && option.latency_ms > *service.latency_allowed)
      object(at + "/latency_ms", "takes longer than {} allows", service.workload.name);
  }

  void check_layouts() {
    Whole gpus = 0;
    for (std::size_t i = 0; i < certificate_.layouts.size(); ++i) {
      const CutClaim& claim = certificate_.layouts[i];
      const auto layout =
          claimed_layout(product_->geometry, {}, claim.holds, fmt::format("/layouts/{}/holds", i));
      if (!layout) {
        object(layout.error().at, "{}", layout.error().what);
        continue;
      }
      gpus += claim.gpus;
      for (const mig::Instance& one : layout->instances()) left_[one.profile] += claim.gpus;
    }
    if (gpus != certificate_.gpus)
      object("/gpus", "the layouts are of {} GPUs, not {}", to_string(gpus), certificate_.gpus);
  }

  void check_placed() {
    std::vector<Whole> given(certificate_.services.size(), 0);
    for (std::size_t i = 0; i < certificate_.placed.size(); ++i) {
      const ServedClaim& claim = certificate_.placed[i];
      const std::string at = fmt::format("/placed/{}", i);
      const auto service = by_name_.find(claim.service);
      if (service == by_name_.end()) {
        object(at + "/service", "there is no service {}", claim.service);
        continue;
      }
      const auto& options = certificate_.services[service->second].options;
      const auto option = std::ranges::find(options, claim.profile, &SizeOption::profile);
      if (option == options.end()) {
        object(at + "/profile", "{} is no size of {}", claim.profile, claim.service);
        continue;
      }
      given[service->second] += Whole{option->per_second} * claim.instances;
      verdict_.instances += claim.instances;
      Whole& left = left_[product_->geometry.find_name(claim.profile)];
      left -= claim.instances;
      if (left < 0)
        object(at + "/instances", "{} instances, {} more than the layouts have {}", claim.instances,
               to_string(-left), claim.profile);
    }
    for (std::size_t s = 0; s < given.size(); ++s) check_rate(s, given[s]);
  }

  void check_rate(std::size_t index, Whole given) {
    const ServiceClaim& service = certificate_.services[index];
    if (given >= service.rate) return;
    const char* const asked = service.measured ? "rate" : "replicas";
    object(fmt::format("/services/{}/{}", index, asked), "the instances of {} give {} of {}",
           service.workload.name, to_string(*Fraction::make(given, 1'000'000)),
           to_string(*Fraction::make(service.rate, 1'000'000)));
  }

  void check_prices() {
    const ServingPrices prices = check_serving_prices(product_->geometry, certificate_);
    for (const Objection& objection : prices.objections) object(objection.at, "{}", objection.what);
    verdict_.layouts_priced = prices.layouts_priced;
    if (!prices.bound) return;
    verdict_.bound = *prices.bound;
    if (*prices.bound != certificate_.bound)
      object("/bound_gpus", "the services' prices come to {}, not {}", to_string(*prices.bound),
             to_string(certificate_.bound));
    const Whole least = std::max<Whole>(0, rounded_up(*prices.bound, 1));
    const Whole gap = Whole{certificate_.gpus} - least;
    if (gap != certificate_.gap)
      return object("/gap_gpus", "between {} GPUs and least {} lies {}, not {}", certificate_.gpus,
                    to_string(least), to_string(gap), certificate_.gap);
    verdict_.least = static_cast<std::uint64_t>(least);
    check_searched();
  }

  void check_searched() {
    if (!certificate_.searched_least) return;
    const std::uint64_t searched = *certificate_.searched_least;
    if (searched <= verdict_.least || searched > certificate_.gpus)
      return object("/searched_least_gpus",
                    "{} is not above the {} that the prices prove and at "
                    "most the plan's {}",
                    searched, verdict_.least, certificate_.gpus);
    verdict_.not_checked.push_back(fmt::format(
        "that {} GPU{} not do: the planner's exhaustive search says so, the prices prove {}",
        searched - 1, searched == 2 ? " does" : "s do", verdict_.least));
  }

  const ServingCertificate& certificate_;
  ServingVerdict verdict_;
  const mig::Product* product_ = nullptr;
  std::map<std::string, std::size_t> by_name_;
  std::map<ProfileRow, Whole> left_;  // instances of the layouts that nobody has taken
};

}  // namespace

ServingVerdict check_serving(const ServingCertificate& certificate) {
  return ServingCheck(certificate).run();
}

}  // namespace septet::verify
