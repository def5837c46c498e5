// cli/lab_svg/words.h — what the pictures of a comparison call things, and what they share.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/svg/document.h"
#include "lab/scenario/scenario.h"
#include "lab/sharing/outcome.h"

namespace septet::cli::lab_pictures {

inline constexpr std::string_view kInk = "#1a1a1a", kGray = "#555555", kBad = "#b3261e";
inline constexpr svg::Font kSmall{11, false}, kBody{12, false}, kStrong{12.5, true},
    kHeading{15, true};

std::string_view short_name(lab::Mode mode);        // "Time-slicing"
std::string inside(lab::Mode mode);                 // within a sentence: "time-slicing"
std::string_view short_name(lab::FaultKind fault);  // "Kernel fault"
std::string inside(lab::FaultKind fault);           // within a sentence: "kernel fault"
std::string_view known_as(lab::FaultKind fault);    // "Xid 13, 31"; may be empty

bool possible(const lab::ModeOutcome& outcome);
bool partitions(lab::Mode mode);  // MIG, MIG + MPS

// Of the tenant behind this name: "name" or "name#3".
const lab::Tenant* tenant_of(const lab::Scenario& scenario, std::string_view name);
std::optional<double> objective_of(const lab::Scenario& scenario, std::string_view name);

// Missed though its p99 is within it: more than one in a hundred was lost to faults.
bool missed_by_faults(const lab::Scenario& scenario, const lab::TenantOutcome& tenant);

struct Met {
  std::size_t met = 0, of = 0;  // tenants with an objective
};
Met objectives_met(const lab::ModeOutcome& outcome);
std::string capital(std::string sentence);                    // its first letter
std::string counted(std::size_t many, std::string_view one);  // "1 GPU", "7 GPUs"

std::string listed(const std::vector<std::string>& parts);  // "a, b and c"

template <typename Range, typename Value>
bool holds(const Range& range, const Value& value) {
  return std::ranges::find(range, value) != std::ranges::end(range);
}

// What every footer ends with: model and validation, scenario, window, seed.
std::string origin(const lab::Scenario& scenario);

// The mode's name with a gray remark beside or below it, within `width`; baseline at y.
std::string mode_heading(const lab::ModeOutcome& outcome, const std::string& remark, double x,
                         double y, double width);
// "cannot run this: ..." in the middle of the box.
std::string impossible_words(const lab::ModeOutcome& outcome, svg::Box box);

}  // namespace septet::cli::lab_pictures
