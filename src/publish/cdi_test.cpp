#include "publish/cdi.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "publish/testing/cut_gpu.h"

namespace septet::publish {
namespace {

using testing::cut;
using testing::whole_gpu;

// ---- what the CDI specification asks of a file, in our own words
// ---------------------------------
bool only_keys(const Json& value, const std::set<std::string>& allowed) {
  for (const auto& [key, inner] : value.items())
    if (!allowed.contains(key)) return false;
  return value.is_object();
}
bool is_path(const Json& value) {
  return value.is_string() && value.get<std::string>().starts_with("/");
}
bool is_number(const Json& value) { return value.is_number_integer() && value.get<int>() >= 0; }

std::string wrong_node(const Json& node) {
  if (!only_keys(node, {"path", "hostPath", "type", "major", "minor", "permissions"}))
    return "unknown key in a device node";
  if (!node.contains("path") || !is_path(node["path"])) return "no path";
  if (node.contains("hostPath") && !is_path(node["hostPath"])) return "bad hostPath";
  if (node.contains("major") && !(is_number(node["major"]) && is_number(node["minor"])))
    return "bad numbers";
  if (node.contains("major") && node["type"] != "c") return "numbers of what?";
  for (const char c : node.value("permissions", std::string()))
    if (c != 'r' && c != 'w' && c != 'm') return "bad permissions";
  return "";
}

std::string wrong_edits(const Json& edits) {
  if (!only_keys(edits, {"env", "deviceNodes", "mounts", "hooks"})) return "unknown key in edits";
  if (edits.empty()) return "edits that edit nothing";
  for (const Json& one : edits.value("env", Json::array()))
    if (!one.is_string() || !one.get<std::string>().contains('=')) return "bad env";
  for (const Json& node : edits.value("deviceNodes", Json::array()))
    if (const std::string wrong = wrong_node(node); !wrong.empty()) return wrong;
  for (const Json& mount : edits.value("mounts", Json::array()))
    if (!only_keys(mount, {"hostPath", "containerPath", "options"}) ||
        !is_path(mount["hostPath"]) || !is_path(mount["containerPath"]))
      return "bad mount";
  for (const Json& hook : edits.value("hooks", Json::array()))
    if (!only_keys(hook, {"hookName", "path", "args"}) || !is_path(hook["path"]) ||
        hook["hookName"] != "createContainer")
      return "bad hook";
  return "";
}

// nothing: valid. Versions: 0.3.0 has no host paths of nodes, and names begin with a letter.
std::string wrong_spec(const Json& spec) {
  if (!only_keys(spec, {"cdiVersion", "kind", "devices", "containerEdits"})) return "unknown key";
  const std::string version = spec["cdiVersion"];
  if (version != "0.3.0" && version != "0.5.0") return "version " + version;
  const std::string kind = spec["kind"];
  if (std::ranges::count(kind, '/') != 1) return "kind " + kind;
  if (const std::string wrong = wrong_edits(spec["containerEdits"]); !wrong.empty()) return wrong;
  std::set<std::string> names;
  bool needs_050 = spec.dump().contains("hostPath\":\"/run/nvidia");
  for (const Json& device : spec["devices"]) {
    if (!only_keys(device, {"name", "containerEdits"})) return "unknown key in a device";
    const std::string name = device["name"];
    if (name.empty() || !names.insert(name).second) return "name " + name;
    for (const char c : name)
      if (std::isalnum(static_cast<unsigned char>(c)) == 0 && !std::string_view("_-.:").contains(c))
        return "name " + name;
    needs_050 = needs_050 || std::isdigit(static_cast<unsigned char>(name[0])) != 0;
    if (const std::string wrong = wrong_edits(device["containerEdits"]); !wrong.empty())
      return wrong;
  }
  if (needs_050 != (version == "0.5.0")) return "not the least version: " + version;
  return "";
}

// ---- nodes
// ---------------------------------------------------------------------------------------
std::optional<unsigned> minor_of(const std::string& capability) {
  static const std::map<std::string, unsigned> kMinors = {
      {"gpu1/gi1/access", 30},    {"gpu1/gi1/ci0/access", 31}, {"gpu1/gi1/ci1/access", 32},
      {"gpu1/gi2/access", 39},    {"gpu1/gi2/ci0/access", 40}, {"gpu0/gi1/access", 3},
      {"gpu0/gi1/ci0/access", 4},
  };
  const auto found = kMinors.find(capability);
  return found == kMinors.end() ? std::nullopt : std::optional(found->second);
}

std::optional<DeviceFile> file_of(const std::string& path) {
  if (path.ends_with("/dev/nvidiactl")) return DeviceFile{195, 255};
  if (path.ends_with("/dev/nvidia1")) return DeviceFile{195, 1};
  if (path.ends_with("/dev/nvidia-uvm")) return DeviceFile{510, 0};
  if (path.ends_with("/nvidia-cap31")) return DeviceFile{236, 31};
  return std::nullopt;
}

mig::Node cut_node() {
  mig::Node node;
  node.gpus = {whole_gpu(0), whole_gpu(1)};
  cut(node.gpus[1], "3g.40gb", 4, {1, 2});
  cut(node.gpus[1], "1g.10gb", 0);
  return node;
}

CdiContext context() {
  CdiContext context;
  context.cap_minor = minor_of;
  context.device_file = file_of;
  return context;
}

std::string nodes_of(const Json& spec, std::string_view name) {
  std::string text;
  for (const Json& device : spec["devices"]) {
    if (device["name"] != name) continue;
    for (const Json& node : device["containerEdits"]["deviceNodes"])
      text += (text.empty() ? "" : " ") + node["path"].get<std::string>() +
              (node.contains("major")
                   ? fmt::format("({},{})", node["major"].get<int>(), node["minor"].get<int>())
                   : "");
  }
  return text;
}

std::string names_of(const Json& spec) {
  std::string text;
  for (const Json& device : spec["devices"])
    text += (text.empty() ? "" : " ") + device["name"].get<std::string>();
  return text;
}

TEST(Cdi, EachDeviceHasItsNodesAndASliceItsCapabilities) {
  const auto spec = cdi_spec(cut_node(), context());
  ASSERT_TRUE(spec) << spec.error().describe();
  EXPECT_EQ(wrong_spec(*spec), "");
  EXPECT_EQ((*spec)["cdiVersion"], "0.3.0");
  EXPECT_EQ((*spec)["kind"], "k8s.device-plugin.nvidia.com/gpu");
  EXPECT_EQ(names_of(*spec), "GPU-00000000 GPU-00000001 MIG-1-1-0 MIG-1-1-1 MIG-1-2-0 all");
  EXPECT_EQ(nodes_of(*spec, "GPU-00000000"), "/dev/nvidia0");
  EXPECT_EQ(
      nodes_of(*spec, "MIG-1-1-0"),
      "/dev/nvidia1(195,1) /dev/nvidia-caps/nvidia-cap30 /dev/nvidia-caps/nvidia-cap31(236,31)");
  EXPECT_EQ(nodes_of(*spec, "MIG-1-1-1"),
            "/dev/nvidia1(195,1) /dev/nvidia-caps/nvidia-cap30 /dev/nvidia-caps/nvidia-cap32");
  EXPECT_EQ(nodes_of(*spec, "MIG-1-2-0"),
            "/dev/nvidia1(195,1) /dev/nvidia-caps/nvidia-cap39 /dev/nvidia-caps/nvidia-cap40");
  EXPECT_EQ(nodes_of(*spec, "all"),
            "/dev/nvidia0 /dev/nvidia1(195,1) /dev/nvidia-caps/nvidia-cap30 "
            "/dev/nvidia-caps/nvidia-cap31(236,31) /dev/nvidia-caps/nvidia-cap32 "
            "/dev/nvidia-caps/nvidia-cap39 /dev/nvidia-caps/nvidia-cap40");
  const Json& shared = (*spec)["containerEdits"];
  EXPECT_EQ(shared["env"][0], "NVIDIA_VISIBLE_DEVICES=void");
  ASSERT_EQ(shared["deviceNodes"].size(), 2u);  // what is there of the five
  EXPECT_EQ(shared["deviceNodes"][1]["path"], "/dev/nvidia-uvm");
  EXPECT_EQ(shared["deviceNodes"][1]["major"], 510);
}

TEST(Cdi, NamesAsTheyAreAskedFor) {
  CdiContext asked = context();
  asked.vendor = "nvidia.com";
  asked.by_index = true;
  asked.by_uuid = asked.all = false;
  const auto spec = cdi_spec(cut_node(), asked);
  ASSERT_TRUE(spec);
  EXPECT_EQ(wrong_spec(*spec), "");
  EXPECT_EQ(names_of(*spec), "0 1 1:0 1:1 1:2");
  EXPECT_EQ((*spec)["kind"], "nvidia.com/gpu");
  EXPECT_EQ((*spec)["cdiVersion"], "0.5.0");  // names that begin with a digit
}

TEST(Cdi, ADriverRootIsOnTheHostOnly) {
  CdiContext rooted = context();
  rooted.dev_root = "/run/nvidia/driver/";
  const auto spec = cdi_spec(cut_node(), rooted);
  ASSERT_TRUE(spec);
  EXPECT_EQ(wrong_spec(*spec), "");
  EXPECT_EQ((*spec)["cdiVersion"], "0.5.0");  // host paths
  const Json& node = (*spec)["devices"][1]["containerEdits"]["deviceNodes"][0];
  EXPECT_EQ(node["path"], "/dev/nvidia1");
  EXPECT_EQ(node["hostPath"], "/run/nvidia/driver/dev/nvidia1");
  EXPECT_EQ(node["major"], 195);
  rooted.dev_root = "/";
  EXPECT_EQ(*cdi_spec(cut_node(), rooted), *cdi_spec(cut_node(), context()));
}

TEST(Cdi, LibrariesAndTheLinkersCache) {
  CdiContext full = context();
  full.mounts = {{"/usr/lib64/libcuda.so.550.163.01", "/usr/lib64/libcuda.so.550.163.01"}};
  full.library_folders = {"/usr/lib64"};
  EXPECT_FALSE((*cdi_spec(cut_node(), full))["containerEdits"].contains("hooks"));
  full.hook_path = "/usr/bin/nvidia-ctk";
  Json spec = *cdi_spec(cut_node(), full);
  EXPECT_EQ(wrong_spec(spec), "");
  EXPECT_EQ(spec["containerEdits"]["mounts"][0]["options"].dump(),
            "[\"ro\",\"nosuid\",\"nodev\",\"bind\"]");
  EXPECT_EQ(spec["containerEdits"]["hooks"][0]["args"].dump(),
            "[\"nvidia-ctk\",\"hook\",\"update-ldcache\",\"--folder\",\"/usr/lib64\"]");
  full.hook_path = "/opt/nvidia-cdi-hook";
  spec = *cdi_spec(cut_node(), full);
  EXPECT_EQ(spec["containerEdits"]["hooks"][0]["args"].dump(),
            "[\"nvidia-cdi-hook\",\"update-ldcache\",\"--folder\",\"/usr/lib64\"]");
}

TEST(Cdi, ASliceThatCannotBeOpenedIsAnError) {
  mig::Node node = cut_node();
  cut(node.gpus[1], "1g.10gb", 1);  // GPU instance 3, of which the table knows nothing
  const auto spec = cdi_spec(node, context());
  ASSERT_FALSE(spec);
  EXPECT_EQ(spec.error().code, Code::kUnavailable);
  EXPECT_TRUE(spec.error().what.contains("gpu1/gi3/access")) << spec.error().what;
  EXPECT_TRUE(spec.error().what.contains("MIG-1-3-0"));
  EXPECT_FALSE(cdi_spec(cut_node(), {}));  // no table at all
}

TEST(Cdi, NamesThatCdiCannotSayAreAnError) {
  mig::Node node = cut_node();
  node.gpus[1].instances[0].compute[0].uuid = "MIG-GPU-79c62632/1/0";
  const auto spec = cdi_spec(node, context());
  ASSERT_FALSE(spec);
  EXPECT_EQ(spec.error().code, Code::kNotSupported);
  CdiContext by_index = context();
  by_index.by_index = true;
  by_index.by_uuid = false;
  EXPECT_TRUE(cdi_spec(node, by_index));
}

TEST(Cdi, ALostGpuIsLeftOutAndNoGpusAreNoDevices) {
  mig::Node node = cut_node();
  node.gpus[1].problem = "lost";
  EXPECT_EQ(names_of(*cdi_spec(node, context())), "GPU-00000000 all");
  node.gpus[0].problem = "lost";
  const auto none = cdi_spec(node, context());
  ASSERT_TRUE(none);
  EXPECT_EQ(wrong_spec(*none), "");
  EXPECT_TRUE((*none)["devices"].is_array() && (*none)["devices"].empty());
}

// The checker is not blind.
TEST(Cdi, TheCheckerSeesWhatIsWrong) {
  const Json good = *cdi_spec(cut_node(), context());
  const std::vector<std::function<void(Json&)>> spoilers = {
      [](Json& spec) { spec["cdiVersion"] = "0.5.0"; },
      [](Json& spec) { spec["kind"] = "gpu"; },
      [](Json& spec) { spec["more"] = 1; },
      [](Json& spec) { spec["devices"][1]["name"] = spec["devices"][0]["name"]; },
      [](Json& spec) { spec["devices"][1]["name"] = "a/b"; },
      [](Json& spec) { spec["devices"][0]["containerEdits"] = Json::object(); },
      [](Json& spec) { spec["devices"][0]["containerEdits"]["deviceNodes"][0]["path"] = "dev"; },
      [](Json& spec) { spec["containerEdits"]["deviceNodes"][0]["permissions"] = "rx"; },
      [](Json& spec) { spec["containerEdits"]["env"] = {"A"}; },
  };
  EXPECT_EQ(wrong_spec(good), "");
  for (const auto& spoil : spoilers) {
    Json bad = good;
    spoil(bad);
    EXPECT_NE(wrong_spec(bad), "") << bad.dump();
  }
}

}  // namespace
}  // namespace septet::publish
