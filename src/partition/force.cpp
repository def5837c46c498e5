#include "partition/force.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace septet::partition {

namespace {

using plan::GpuCut;
using plan::InstanceCut;
using plan::Step;

struct Place {
  std::string gpu, profile;
  std::uint8_t start = 0;
};

std::optional<Place> parse_place(std::string_view name) {
  const auto at = name.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  const auto colon = name.rfind(':', at);
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == at) return std::nullopt;
  Place place{std::string(name.substr(0, colon)),
              std::string(name.substr(colon + 1, at - colon - 1)), 0};
  const std::string_view digits = name.substr(at + 1);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), place.start);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return place;
}

bool is_gpu(const GpuCut& cut, const std::string& name) {
  return cut.uuid == name || std::to_string(cut.gpu) == name;
}

std::string all_names(const std::vector<GpuCut>& from) {
  std::string text;
  for (const GpuCut& cut : from) {
    for (const InstanceCut& instance : cut.instances) {
      text += fmt::format("{}{}:{}@{}", text.empty() ? "" : ", ", cut.gpu, instance.name,
                          instance.at.start);
    }
  }
  return text.empty() ? "there is no instance on the GPUs of this plan" : "instances here: " + text;
}

}  // namespace

Result<Force> Force::make(const std::vector<std::string>& names, const std::vector<GpuCut>& from) {
  Force force;
  for (const std::string& name : names) {
    const auto place = parse_place(name);
    const bool device = name.starts_with("MIG-");
    if (!device && !place) {
      return fail(Code::kInvalidArgument, fmt::format("\"{}\" names no instance", name),
                  "write MIG-<uuid>, or GPU:PROFILE@START as in 0:3g.40gb@4");
    }
    const std::size_t before = force.named_.size();
    for (const GpuCut& cut : from) {
      for (const InstanceCut& instance : cut.instances) {
        const bool here = !device && is_gpu(cut, place->gpu) && instance.name == place->profile &&
                          instance.at.start == place->start;
        if (here) force.named_.push_back({cut.gpu, instance.at, {}});
        for (const plan::ComputeCut& compute : instance.compute) {
          if (device && compute.uuid == name) force.named_.push_back({cut.gpu, instance.at, name});
        }
      }
    }
    if (force.named_.size() == before) {
      return fail(Code::kNotFound, fmt::format("no instance {} where the plan starts", name),
                  all_names(from));
    }
  }
  return force;
}

bool Force::allows(const Step& step) const {
  if (!step.destroys()) return false;
  return std::ranges::any_of(named_, [&step](const Named& named) {
    if (named.gpu != step.gpu || named.at != step.at) return false;
    if (named.uuid.empty()) return true;
    return step.kind == plan::StepKind::kDestroyCompute && step.compute.uuid == named.uuid;
  });
}

std::vector<const Step*> Force::blocked(const std::vector<Step>& steps) const {
  std::set<std::uint32_t> ended;
  for (const Step& step : steps) {
    if (!allows(step)) continue;
    for (const mig::Process& process : step.in_the_way) ended.insert(process.pid);
  }
  std::vector<const Step*> found;
  for (const Step& step : steps) {
    const bool somebody = std::ranges::any_of(
        step.in_the_way, [&](const mig::Process& process) { return !ended.contains(process.pid); });
    if (step.stop != plan::Stop::kNothing && somebody) found.push_back(&step);
  }
  return found;
}

std::string force_name(const Step& step) {
  return fmt::format("{}:{}@{}", step.gpu, step.name, step.at.start);
}

}  // namespace septet::partition
