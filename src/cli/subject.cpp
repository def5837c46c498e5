#include "cli/subject.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "cli/command_line.h"

namespace septet::cli {

void add_subject_options(CommandLine& line, SubjectOptions& options) {
  const auto product = line.option("-p,--product", options.product,
                                   "from the tables, no driver asked (septet products lists them)");
  line.option("--driver-version", options.driver_version,
              "with --product: as that driver shows it, e.g. 470.57.02")
      .needs(product);
  line.option("-i,--gpu", options.gpu, "this GPU of the node").excludes(product);
}

Result<const mig::Product*> product_named(const std::string& id) {
  if (const mig::Product* product = mig::find_product(id)) return product;
  if (const mig::Product* product = mig::find_product_by_board_name(id)) return product;
  std::vector<std::string_view> known;
  for (const mig::Product& product : mig::products()) known.push_back(product.id);
  return fail(Code::kNotFound, fmt::format("no product '{}'", id),
              did_you_mean(id, known) + " (septet products lists them)");
}

Result<Subject> subject_of_product(const mig::Product& product, const std::string& driver_version) {
  Subject subject;
  subject.label = product.id;
  subject.product = &product;
  subject.geometry = &product.geometry;
  if (!driver_version.empty()) {
    const auto version = mig::parse_driver_version(driver_version);
    if (!version) {
      return fail(Code::kInvalidArgument, fmt::format("'{}' is no driver version", driver_version),
                  "write it like 470.57.02");
    }
    subject.geometry = &product.geometry_at(*version);
    subject.label += fmt::format(" under driver {}", driver_version);
  }
  subject.tables = subject.geometry;
  return subject;
}

Result<Subject> subject_of(const Globals& globals, const SubjectOptions& options) {
  if (!options.product.empty()) {
    const auto* product = TRY(product_named(options.product));
    return subject_of_product(*product, options.driver_version);
  }
  Subject subject;
  subject.driver = TRY(open_driver(globals));
  auto node = TRY(subject.driver->observe());
  const auto gpu = std::ranges::find(node.gpus, options.gpu, &mig::Gpu::index);
  if (gpu == node.gpus.end()) {
    return fail(Code::kNotFound, fmt::format("there is no GPU {}", options.gpu),
                fmt::format("the node has {} GPUs; septet status shows them", node.gpus.size()));
  }
  if (gpu->geometry == nullptr) {
    return fail(Code::kNotSupported,
                fmt::format("GPU {}, {}, cannot be cut into instances", gpu->index, gpu->name),
                "--product ID shows a product that can (septet products lists them)");
  }
  subject.label = fmt::format("GPU {}, {}, driver {}", gpu->index, gpu->name, node.driver_version);
  subject.gpu = std::move(*gpu);
  subject.geometry = &subject.gpu->geometry->geometry;
  subject.product = subject.gpu->product;
  const auto version = mig::parse_driver_version(node.driver_version);
  if (subject.product != nullptr && version)
    subject.tables = &subject.product->geometry_at(*version);
  if (node.simulated) {
    subject.audience = Audience::kSimulatedNode;
    subject.label += ", SIMULATED";
  }
  return subject;
}

const mig::GpuInstanceProfile* Subject::simulated_row(
    const mig::GpuInstanceProfile& profile) const {
  if (audience != Audience::kSimulatedNode || tables == nullptr) return nullptr;
  return tables->find_id(profile.id);
}

mig::Fact Subject::judged(const mig::GpuInstanceProfile& profile,
                          mig::Fact mig::GpuInstanceProfile::*field) const {
  const auto* row = simulated_row(profile);
  if (row == nullptr || (row->*field).value != (profile.*field).value) return profile.*field;
  return row->*field;
}

mig::Confidence Subject::judged_id(const mig::GpuInstanceProfile& profile) const {
  const auto* row = simulated_row(profile);
  return row == nullptr ? profile.id_confidence : row->id_confidence;
}

mig::Confidence Subject::judged_placement(const mig::GpuInstanceProfile& profile) const {
  const auto* row = simulated_row(profile);
  return row == nullptr ? profile.placement_confidence : row->placement_confidence;
}

}  // namespace septet::cli
