#include "container/cdi_specs.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/quoted.h"
#include "base/replace_file.h"
#include "base/yaml.h"
#include "mig/sha1.h"
#include "partition/state_directory.h"

namespace septet::container {

namespace {

namespace fs = std::filesystem;

std::string digest(std::string_view text) {
  std::string hex;
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  for (const std::uint8_t byte : mig::sha1(bytes)) hex += fmt::format("{:02x}", byte);
  return hex;
}

bool ours(const CdiWish& wish, const std::string& found) {
  return std::ranges::find(wish.ours, found) != wish.ours.end();
}

std::string text_of(const Json& spec, CdiFormat format) {
  return format == CdiFormat::kYaml ? to_yaml(spec) : to_text(spec);
}

publish::CdiContext context_of(const DeviceFiles& files, const CdiWish& wish) {
  publish::CdiContext context;
  context.vendor = wish.vendor;
  context.dev_root = wish.dev_root;
  context.by_index = wish.by_index;
  context.by_type_index = wish.by_type_index;
  context.by_uuid = wish.by_uuid;
  context.hook_path = wish.hook_path;
  context.cap_minor = [&files](const std::string& name) { return files.cap_minor(name); };
  // The root stands before the path already. What all devices share is listed if it is there.
  context.device_file = [&files, root = wish.dev_root](const std::string& path) {
    return files.device_file(path.substr(root.size()));
  };
  return context;
}

// nullopt: there is no such file.
Result<std::optional<std::string>> digest_of(const std::string& path) {
  std::error_code failed;
  if (fs::status(path, failed).type() == fs::file_type::not_found) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (file) text << file.rdbuf();
  if (!file || text.fail())
    return fail(Code::kUnavailable, "cannot read " + quoted(path), "may it be read?");
  return digest(text.str());
}

Result<> make_parent(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (!failed) return {};
  return fail(Code::kNoPermission,
              fmt::format("cannot make {}: {}", folder.string(), failed.message()),
              "name a folder that can be written: --output");
}

Json json_of(const CdiWish& wish) {
  return {{"path", wish.path},
          {"vendor", wish.vendor},
          {"format", wish.format == CdiFormat::kYaml ? "yaml" : "json"},
          {"by_index", wish.by_index},
          {"by_type_index", wish.by_type_index},
          {"by_uuid", wish.by_uuid},
          {"hook_path", wish.hook_path},
          {"dev_root", wish.dev_root},
          {"driver_root", wish.driver_root},
          {"ours", wish.ours}};
}

// Throws nlohmann's exceptions; read_notes turns them into an error.
CdiWish wish_of(const Json& json) {
  CdiWish wish;
  wish.path = json.at("path").get<std::string>();
  wish.vendor = json.at("vendor").get<std::string>();
  wish.format = json.at("format") == "yaml" ? CdiFormat::kYaml : CdiFormat::kJson;
  wish.by_index = json.at("by_index").get<bool>();
  wish.by_type_index = json.at("by_type_index").get<bool>();
  wish.by_uuid = json.at("by_uuid").get<bool>();
  wish.hook_path = json.at("hook_path").get<std::string>();
  wish.dev_root = json.at("dev_root").get<std::string>();
  wish.driver_root = json.at("driver_root").get<std::string>();
  wish.ours = json.at("ours").get<std::vector<std::string>>();
  return wish;
}

Result<std::vector<CdiWish>> parse_notes(const std::string& path, const std::string& text) {
  std::vector<CdiWish> wishes;
  try {
    for (const Json& one : Json::parse(text)) wishes.push_back(wish_of(one));
  } catch (const Json::exception& error) {
    return fail(
        Code::kInvalidArgument,
        fmt::format("{}: which CDI files are published cannot be read: {}", path, error.what()),
        "remove it, and publish them again: septet publish cdi --output FILE");
  }
  return wishes;
}

void remove_instances(mig::Gpu& gpu, const plan::Step& step) {
  if (step.kind == plan::StepKind::kDestroyInstance)
    std::erase_if(gpu.instances, [&step](const mig::GpuInstance& instance) {
      return instance.profile_id == step.profile_id && instance.at == step.at;
    });
  if (step.kind != plan::StepKind::kDestroyCompute) return;
  for (mig::GpuInstance& instance : gpu.instances)
    std::erase_if(instance.compute, [&step](const mig::ComputeInstance& compute) {
      return compute.uuid == step.compute.uuid;
    });
}

}  // namespace

Result<std::string> cdi_text(const mig::Node& node, const HostPaths& paths, const CdiWish& wish) {
  const DeviceFiles files = TRY(DeviceFiles::read(paths, node));
  publish::CdiContext context = context_of(files, wish);
  const DriverFiles driver =
      driver_files(paths.driver_root, paths.host_driver_root, node.driver_version);
  context.mounts = driver.mounts;
  context.library_folders = driver.library_folders;
  return text_of(TRY(publish::cdi_spec(node, context)), wish.format);
}

std::vector<CompanionText> companion_texts(const HostPaths& paths, const CdiWish& wish) {
  std::vector<CompanionText> texts;
  const auto files = DeviceFiles::read(paths, mig::Node{});
  if (!files) return texts;
  for (const auto& one : publish::companion_specs(companion_nodes(paths), context_of(*files, wish)))
    texts.push_back({one.device_class, text_of(one.spec, wish.format)});
  return texts;
}

HostPaths CdiSpecs::paths_of(const CdiWish& wish) const {
  return {wish.dev_root, proc_, wish.driver_root, wish.driver_root};
}

Result<std::vector<CdiWish>> CdiSpecs::wishes() const {
  const std::string path = folder_ + "/cdi.json";
  std::error_code failed;
  if (fs::status(path, failed).type() == fs::file_type::not_found) return std::vector<CdiWish>{};
  std::ifstream file(path);
  std::stringstream text;
  if (file) text << file.rdbuf();
  if (!file || text.fail())
    return fail(Code::kUnavailable, "cannot read " + quoted(path), "may it be read?");
  return parse_notes(path, text.str());
}

Result<> CdiSpecs::write_notes(const std::vector<CdiWish>& wishes) const {
  const std::string folder = TRY(partition::make_state_directory(folder_));
  Json json = Json::array();
  for (const CdiWish& wish : wishes) json.push_back(json_of(wish));
  return replace_file(folder + "/cdi.json", to_text(json));
}

Result<> CdiSpecs::note(const CdiWish& wish) const {
  auto noted = TRY(wishes());
  const auto same = std::ranges::find(noted, wish.path, &CdiWish::path);
  if (same == noted.end()) {
    noted.push_back(wish);
  } else {
    *same = wish;
  }
  return write_notes(noted);
}

Result<> CdiSpecs::write(CdiWish wish, const std::string& text) const {
  const std::string fresh = digest(text);
  if (wish.ours.empty() || wish.ours.back() != fresh) wish.ours.push_back(fresh);
  if (wish.ours.size() > 2) wish.ours.erase(wish.ours.begin());
  TRY(make_parent(wish.path));
  TRY(note(wish));
  return replace_file(wish.path, text);
}

Result<> CdiSpecs::publish(CdiWish wish, const mig::Node& node) const {
  wish.ours.clear();
  const std::string text = TRY(cdi_text(node, paths_of(wish), wish));
  return write(std::move(wish), text);
}

Result<> CdiSpecs::withdraw(const std::string& path) const {
  auto noted = TRY(wishes());
  const auto found = std::ranges::find(noted, path, &CdiWish::path);
  if (found == noted.end())
    return fail(Code::kNotFound, quoted(path) + " was not published by septet",
                "septet publish cdi --list shows what was");
  const auto there = TRY(digest_of(path));
  const bool is_ours = there && ours(*found, *there);
  noted.erase(found);
  TRY(write_notes(noted));
  std::error_code failed;
  if (is_ours) fs::remove(path, failed);
  if (failed)
    return fail(Code::kNoPermission, fmt::format("cannot remove {}: {}", path, failed.message()),
                "remove it by hand");
  return {};
}

Result<> CdiSpecs::refresh(const mig::Node& node) const {
  std::optional<Error> first;
  const auto one = [&](const CdiWish& wish) -> Result<> {
    const auto there = TRY(digest_of(wish.path));
    if (there && !ours(wish, *there))
      return fail(
          Code::kConflict,
          fmt::format("{} is not as septet left it: somebody else has written it", wish.path),
          fmt::format("septet publish cdi --output {0} takes it back, --withdraw {0} "
                      "leaves it to them",
                      wish.path));
    const std::string text = TRY(cdi_text(node, paths_of(wish), wish));
    if (there && *there == digest(text)) return {};
    return write(wish, text);
  };
  const auto noted = TRY(wishes());
  for (const CdiWish& wish : noted) {
    auto done = one(wish);
    if (!done && !first)
      first = fail_because(std::move(done).error(),
                           fmt::format("the CDI file {} does not follow the layout", wish.path))
                  .error();
  }
  if (first) return std::unexpected(*std::move(first));
  return {};
}

mig::Node without_what_goes(const mig::Node& node, const plan::Plan& plan) {
  mig::Node left = node;
  for (const plan::Step& step : plan.steps) {
    for (mig::Gpu& gpu : left.gpus)
      if (gpu.index == step.gpu) remove_instances(gpu, step);
  }
  return left;
}

}  // namespace septet::container
