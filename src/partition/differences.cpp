#include "partition/differences.h"

#include <fmt/format.h>

#include <algorithm>

namespace septet::partition {

namespace {

using plan::GpuCut;
using plan::InstanceCut;

// The instance without the place it has.
std::string name_of(const InstanceCut& instance) {
  const std::string text = plan::to_string(instance);
  const std::string place = fmt::format("@{}", instance.at.start);
  std::string name = instance.name;
  return name + text.substr(instance.name.size() + place.size());
}

void count(std::vector<Counted>& counted, const std::string& name) {
  const auto found = std::ranges::find(counted, name, &Counted::name);
  if (found != counted.end()) {
    ++found->count;
  } else {
    counted.push_back({name, 1});
  }
}

std::vector<Counted> count_all(const std::vector<const InstanceCut*>& instances, bool places) {
  std::vector<Counted> counted;
  for (const InstanceCut* const one : instances)
    count(counted, places ? plan::to_string(*one) : name_of(*one));
  return counted;
}

bool shares_a_name(const std::vector<Counted>& a, const std::vector<Counted>& b) {
  return std::ranges::any_of(a, [&b](const Counted& one) {
    return std::ranges::find(b, one.name, &Counted::name) != b.end();
  });
}

Difference compare(const GpuCut& have, const GpuCut& want) {
  Difference difference{want.gpu, want.uuid, {}, false, {}, {}};
  if (have.mode != want.mode) difference.mode_on = want.mode == mig::MigMode::kOn;
  difference.mode_pending = have.pending != have.mode;
  std::vector<const InstanceCut*> lacks, unwanted;
  const auto without = [](const std::vector<InstanceCut>& all, const auto& matches) {
    std::vector<const InstanceCut*> left;
    for (const InstanceCut& one : all) {
      if (!matches(one)) left.push_back(&one);
    }
    return left;
  };
  // Two instances have never the same place, so each match is one to one.
  lacks = without(want.instances, [&have](const InstanceCut& wanted) {
    return std::ranges::any_of(have.instances, [&wanted](const InstanceCut& held) {
      return plan::satisfies(held, wanted);
    });
  });
  unwanted = without(have.instances, [&want](const InstanceCut& held) {
    return std::ranges::any_of(want.instances, [&held](const InstanceCut& wanted) {
      return plan::satisfies(held, wanted);
    });
  });
  const bool places = shares_a_name(count_all(lacks, false), count_all(unwanted, false));
  difference.lacks = count_all(lacks, places);
  difference.unwanted = count_all(unwanted, places);
  return difference;
}

std::string list(const std::vector<Counted>& counted) {
  std::string text;
  for (const Counted& one : counted)
    text += fmt::format("{}{}x {}", text.empty() ? "" : ", ", one.count, one.name);
  return text;
}

Json list_json(const std::vector<Counted>& counted) {
  Json json = Json::array();
  for (const Counted& one : counted) json.push_back({{"instance", one.name}, {"count", one.count}});
  return json;
}

}  // namespace

std::vector<Difference> differences(const plan::Plan& plan) {
  std::vector<Difference> found;
  for (std::size_t i = 0; i < plan.from.size(); ++i) {
    if (plan::satisfies(plan.from[i], plan.to[i])) continue;
    found.push_back(compare(plan.from[i], plan.to[i]));
  }
  return found;
}

std::string to_string(const Difference& difference) {
  std::string text;
  const auto add = [&text](const std::string& said) { text += (text.empty() ? "" : "; ") + said; };
  if (difference.mode_on)
    add(*difference.mode_on ? "MIG mode is off, not on" : "MIG mode is on, not off");
  if (difference.mode_pending) add("a change of MIG mode waits for a reset or a reboot");
  if (!difference.lacks.empty()) add("lacks " + list(difference.lacks));
  if (!difference.unwanted.empty())
    add(fmt::format("holds {} that nobody asked for", list(difference.unwanted)));
  return fmt::format("GPU {}: {}", difference.gpu, text);
}

Json to_json(const Difference& difference) {
  const auto& on = difference.mode_on;
  return {{"gpu", difference.gpu},
          {"uuid", difference.uuid},
          {"mig_mode_wanted", on ? Json(*on ? "on" : "off") : Json(nullptr)},
          {"mode_change_pending", difference.mode_pending},
          {"lacks", list_json(difference.lacks)},
          {"unwanted", list_json(difference.unwanted)}};
}

}  // namespace septet::partition
