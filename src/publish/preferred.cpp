// Which devices kubelet should choose: whole GPUs, replicas or slices.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "base/quoted.h"
#include "publish/allocation.h"
#include "publish/preferred_gpus.h"
#include "publish/preferred_slices.h"

namespace septet::publish {
namespace {

struct Question {
  std::vector<const Device*> must;        // in the order asked
  std::vector<const Device*> candidates;  // available and not a must, in the resource's order
  std::size_t more = 0;                   // how many of them are wanted
};

std::unexpected<Error> cannot_prefer(const Resource& resource, const std::string& why) {
  return fail(Code::kInvalidArgument,
              fmt::format("choose devices of \"{}\": {}", resource.name, why));
}

Result<Question> understood(const Resource& resource, const std::vector<std::string>& available,
                            const std::vector<std::string>& must, unsigned size) {
  const std::unordered_set<std::string_view> offered(available.begin(), available.end());
  const std::unordered_set<std::string_view> needed(must.begin(), must.end());
  std::unordered_map<std::string_view, const Device*> by_id;
  Question question;
  for (const Device& device : resource.devices) {
    by_id.emplace(device.id, &device);
    if (offered.contains(device.id) && !needed.contains(device.id))
      question.candidates.push_back(&device);
  }
  for (const std::string& id : available)
    if (!by_id.contains(id)) return cannot_prefer(resource, "unknown device: " + quoted(id));
  for (const std::string& id : must) {
    if (!offered.contains(id))
      return cannot_prefer(resource, quoted(id) + " must be chosen and is not available");
    const Device* device = by_id.at(id);
    if (std::ranges::find(question.must, device) == question.must.end())
      question.must.push_back(device);
  }
  if (question.must.size() > size)
    return cannot_prefer(resource,
                         fmt::format("{} devices must be among {}", question.must.size(), size));
  question.more = size - question.must.size();
  if (question.candidates.size() < question.more)
    return cannot_prefer(resource,
                         fmt::format("{} are wanted, {} are available", size, offered.size()));
  return question;
}

using Picked = std::vector<const Device*>;

Picked pick_slices(const mig::Node& node, const Question& question) {
  std::vector<SliceChoice> choices;
  for (const Device* device : question.must) choices.push_back({device, true});
  for (const Device* device : question.candidates) choices.push_back({device, false});
  Picked picked = preferred_slices(node, choices, static_cast<unsigned>(question.more));
  // A GPU that the snapshot no longer has decides nothing, but its slices were asked about.
  for (const Device* device : question.candidates)
    if (picked.size() < question.more && std::ranges::find(picked, device) == picked.end())
      picked.push_back(device);
  return picked;
}

// Replicas: of the device with the fewest (distributed) or the most (packed) replicas in use.
class ReplicaPicker {
 public:
  ReplicaPicker(const mig::Node& node, const Resource& resource, const Question& question,
                SharedPolicy policy)
      : node_(node), policy_(policy) {
    std::unordered_map<std::string_view, std::size_t> place;
    for (const Device& device : resource.devices) {
      const auto [at, fresh] = place.emplace(device.uuid, bases_.size());
      if (fresh) bases_.push_back({&device, 0, 0, {}});
      ++bases_[at->second].in_use;
    }
    for (const Device* device : question.candidates) {
      Base& base = bases_[place.at(device->uuid)];
      base.free.push_back(device);
      --base.in_use;
    }
    std::erase_if(bases_, [](const Base& base) { return base.free.empty(); });
  }

  const Device* next() {
    const auto rank = [this](const Base& base) {
      const bool none = base.taken == base.free.size();
      const std::size_t use = base.in_use + base.taken;
      return std::tuple(none, policy_ == SharedPolicy::kPacked ? ~use : use, base.taken);
    };
    auto best = std::ranges::min_element(bases_, {}, rank);
    if (best->in_use + best->taken == 0 && !best->first->profile.empty()) best = untouched(best);
    return best->free[best->taken++];
  }

 private:
  struct Base {
    const Device* first;
    std::size_t in_use, taken;  // before this call; in it
    Picked free;
  };

  // Of the slices that nobody holds a replica of, the one whose loss leaves the most room.
  std::vector<Base>::iterator untouched(std::vector<Base>::iterator otherwise) {
    std::vector<SliceChoice> choices;
    for (const Base& base : bases_)
      if (base.in_use + base.taken == 0) choices.push_back({base.first, false});
    const auto chosen = preferred_slices(node_, choices, 1);
    return chosen.empty() ? otherwise : std::ranges::find(bases_, chosen.front(), &Base::first);
  }

  const mig::Node& node_;
  SharedPolicy policy_;
  std::vector<Base> bases_;
};

}  // namespace

Result<std::vector<std::string>> preferred(const mig::Node& node, const Resource& resource,
                                           const std::vector<std::string>& available,
                                           const std::vector<std::string>& must, unsigned size,
                                           SharedPolicy policy) {
  const Question question = TRY(understood(resource, available, must, size));
  Picked picked;
  if (question.more == 0) {
    picked = {};
  } else if (resource.replicas > 1) {
    ReplicaPicker picker(node, resource, question, policy);
    for (std::size_t i = 0; i < question.more; ++i) picked.push_back(picker.next());
  } else if (question.candidates.front()->profile.empty()) {
    picked = preferred_gpus(node, question.must, question.candidates, question.more);
  } else {
    picked = pick_slices(node, question);
  }
  std::vector<std::string> ids;
  for (const Device* device : question.must) ids.push_back(device->id);
  for (const Device* device : picked) ids.push_back(device->id);
  return ids;
}

}  // namespace septet::publish
