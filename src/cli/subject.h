// cli/subject.h — which geometry a verb talks about: a product's table, or a GPU's as its driver
// tells it.
//
// A simulated node answers with the tables' numbers; what is an estimate there stays one here,
// although the driver said it like any other number.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/fact_text.h"
#include "cli/verb.h"
#include "mig/node.h"

namespace septet::cli {

class CommandLine;

struct SubjectOptions {
  std::string product;         // --product; empty = ask the driver
  std::string driver_version;  // --driver-version: the table in force under that driver
  std::uint32_t gpu = 0;       // -i, when the driver is asked
};
void add_subject_options(CommandLine& line, SubjectOptions& options);

struct Subject {
  std::string label;  // "h100-sxm5-80gb", "GPU 0, NVIDIA H100 80GB HBM3, driver 550.163.01"
  const mig::Product* product = nullptr;    // nullptr: a GPU that is not in the tables
  const mig::Geometry* geometry = nullptr;  // never nullptr; into `gpu` or constant data
  const mig::Geometry* tables = nullptr;    // the product's under that driver, if any
  Audience audience = Audience::kTables;
  std::optional<mig::Gpu> gpu;             // when the driver was asked
  std::unique_ptr<driver::Driver> driver;  // likewise

  // What is to be shown for a field of one of `geometry`'s profiles.
  mig::Fact judged(const mig::GpuInstanceProfile& profile,
                   mig::Fact mig::GpuInstanceProfile::*field) const;
  mig::Confidence judged_id(const mig::GpuInstanceProfile& profile) const;
  mig::Confidence judged_placement(const mig::GpuInstanceProfile& profile) const;

 private:
  const mig::GpuInstanceProfile* simulated_row(const mig::GpuInstanceProfile& profile) const;
};

// kNotFound names the nearest product; kNotSupported when the GPU cannot be cut.
Result<const mig::Product*> product_named(const std::string& id);
Result<Subject> subject_of(const Globals& globals, const SubjectOptions& options);
Result<Subject> subject_of_product(const mig::Product& product, const std::string& driver_version);

}  // namespace septet::cli
