// cli/lab/validate_text.h — the model beside what was published: a table of tests, the named
// points, and what nobody measured; within 80 columns, and as JSON with every point.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "lab/evidence/utilization_claim.h"
#include "lab/evidence/validation.h"

namespace septet::cli::validating {

struct ValidationView {
  bool every_point = false;  // --points
  std::string only;          // --group: part of an id; empty: all, and the named points
};

std::string validation_text(const lab::evidence::Validation& validation,
                            std::span<const std::string> missing, const ValidationView& view);
Json to_json(const lab::evidence::Validation& validation, std::span<const std::string> missing,
             const ValidationView& view);

Json to_json(const lab::evidence::Point& point);
Json to_json(const lab::evidence::Errors& errors);
std::string percent(double fraction);         // "5.9%"
std::string signed_percent(double fraction);  // "+2.8%"

}  // namespace septet::cli::validating
