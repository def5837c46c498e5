// container/cdi_specs.h — the CDI files that a site asked for once, kept as the node is from then
// on.
//
// `septet publish cdi --output FILE` writes a file and notes it in the node's state folder; every
// change that septet makes rewrites it: before the first step without what is to go (nobody is
// handed a slice that is about to vanish), after the last with what is there. A file that somebody
// else has written since is not overwritten.
//
//   FOLDER/cdi.json   [{path, kind, format, names, hook, ours}]   `ours`: digests of what we wrote
//
// A note of the text to come is written before the text, so a kill in between loses no claim.
// Errors. kConflict: the file is not as septet left it. kNoPermission, kUnavailable name the file.
//         kInvalidArgument: the notes are not ours.
#pragma once

#include <string>
#include <vector>

#include "container/device_files.h"
#include "plan/diff.h"

namespace septet::container {

enum class CdiFormat : std::uint8_t { kJson, kYaml };

struct CdiWish {
  std::string path;  // absolute
  std::string vendor = "nvidia.com";
  CdiFormat format = CdiFormat::kJson;
  bool by_index = true, by_type_index = false, by_uuid = true;
  std::string hook_path;              // nvidia-cdi-hook or nvidia-ctk; empty: none
  std::string dev_root, driver_root;  // where the driver's files are; empty: where they usually are
  std::vector<std::string> ours;      // digests, the newest last; at most two
};

// The text of the file for the node's GPUs.
Result<std::string> cdi_text(const mig::Node& node, const HostPaths& paths, const CdiWish& wish);
// Of everything that stands beside the GPUs: class ("gds") and text.
struct CompanionText {
  std::string device_class, text;
};
std::vector<CompanionText> companion_texts(const HostPaths& paths, const CdiWish& wish);

class CdiSpecs {
 public:
  // `folder`: the node's state folder; need not be there.
  explicit CdiSpecs(std::string folder, std::string proc = "/proc")
      : folder_(std::move(folder)), proc_(std::move(proc)) {}

  Result<std::vector<CdiWish>> wishes() const;
  // Writes the file and notes it. What is in its place is replaced: it was named.
  Result<> publish(CdiWish wish, const mig::Node& node) const;
  // kNotFound when it was not published. The file goes, unless somebody else has written it since.
  Result<> withdraw(const std::string& path) const;
  // Every noted file as the node is. All are tried; the first failure is returned.
  Result<> refresh(const mig::Node& node) const;

 private:
  HostPaths paths_of(const CdiWish& wish) const;
  Result<> note(const CdiWish& wish) const;
  Result<> write_notes(const std::vector<CdiWish>& wishes) const;
  Result<> write(CdiWish wish, const std::string& text) const;
  std::string folder_, proc_;
};

// The node without what the plan destroys: what may still be handed out while it is carried out.
mig::Node without_what_goes(const mig::Node& node, const plan::Plan& plan);

}  // namespace septet::container
