// driver/simulated/make_node.cpp — a node from a wish: which boards, where they sit, what they are
// called.
#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "base/nearest.h"
#include "driver/simulated/driver_age.h"
#include "driver/simulated/fixed_text.h"
#include "driver/simulated/machine.h"
#include "driver/simulated/pci_address.h"

namespace septet::driver::simulated {

namespace {

std::unexpected<Error> refuse(std::string what, std::string remedy) {
  return fail(Code::kInvalidArgument, std::move(what), std::move(remedy));
}

std::string gpu_word(std::size_t index) { return "GPU " + std::to_string(index); }

// A well-mixed 64-bit number from a counter (the public-domain splitmix64 finalizer).
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

Result<const mig::Product*> product_named(const BoardSpec& board, std::size_t index) {
  const mig::Product* product = mig::find_product(board.product);
  if (product == nullptr) {
    std::vector<std::string_view> ids;
    for (const mig::Product& known : mig::products()) ids.push_back(known.id);
    return refuse(gpu_word(index) + ": no product \"" + board.product + "\"",
                  did_you_mean(board.product, ids));
  }
  if (product->boards.empty() || product->geometry.profiles.empty() ||
      product->geometry.units == 0) {
    return fail(Code::kNotSupported,
                gpu_word(index) + ": nothing public tells how " + std::string(product->id) +
                    " is cut, so it cannot be simulated",
                "choose another product: septet products");
  }
  return product;
}

std::string_view without_vendor(std::string_view name) {
  constexpr std::string_view kVendor = "NVIDIA ";
  return name.starts_with(kVendor) ? name.substr(kVendor.size()) : name;
}

Result<const mig::Board*> board_named(const mig::Product& product, const BoardSpec& spec,
                                      std::size_t index) {
  if (spec.name.empty()) return &product.boards.front();
  std::vector<std::string_view> names;
  for (const mig::Board& board : product.boards) {
    if (without_vendor(board.name) == without_vendor(spec.name)) return &board;
    names.push_back(board.name);
  }
  return refuse(gpu_word(index) + ": no board of " + std::string(product.id) + " is called \"" +
                    spec.name + "\"",
                did_you_mean(spec.name, names));
}

Result<std::string> driver_for(const NodeSpec& spec,
                               const std::vector<const mig::Product*>& products) {
  std::string text = spec.driver_version;
  if (text.empty()) {
    mig::DriverVersion newest;
    for (const mig::Product* product : products) {
      const auto version = mig::parse_driver_version(product->default_driver);
      if (!version || (!text.empty() && *version <= newest)) continue;
      newest = *version;
      text = product->default_driver;
    }
    if (text.empty()) text = "580.65.06";  // a product whose table names no driver
  }
  const auto version = mig::parse_driver_version(text);
  if (!version || text.size() >= sizeof(NodeState::driver_version))
    return refuse("\"" + text + "\" is not a driver version", "write it like 580.65.06");
  for (std::size_t i = 0; i < products.size(); ++i) {
    const unsigned first = first_driver_of(*products[i]);
    if (version->major >= first) continue;
    return refuse("driver " + text + " is too old for " + gpu_word(i) + ": " +
                      std::string(products[i]->id) + " needs " + std::to_string(first) +
                      " or later",
                  "choose a newer driver, or leave it out");
  }
  return text;
}

Result<> place_boards(const NodeSpec& spec, NodeState& node) {
  std::vector<PciAddress> taken;
  std::vector<std::optional<PciAddress>> places(spec.boards.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!spec.boards[i].pci) continue;
    places[i] = parse_pci_address(*spec.boards[i].pci);
    if (!places[i])
      return refuse(gpu_word(i) + ": \"" + *spec.boards[i].pci + "\" is not a PCI address",
                    "write it like 00000000:36:00.0");
    if (std::ranges::find(taken, *places[i]) != taken.end())
      return refuse(gpu_word(i) + ": another GPU already sits at " + *spec.boards[i].pci,
                    "give every GPU its own PCI address");
    taken.push_back(*places[i]);
  }
  for (std::uint32_t i = 0; i < node.gpu_count; ++i) {
    if (!places[i]) {
      places[i] = default_pci_address(i, node.gpu_count, taken);
      taken.push_back(*places[i]);
    }
    node.gpus[i].pci_domain = places[i]->domain;
    node.gpus[i].pci_bus = places[i]->bus;
    node.gpus[i].pci_device = places[i]->device;
  }
  return {};
}

// UUIDs, and those of the MIG devices, derive from the PDI; so a GPU given its UUID by name keeps
// the same MIG UUIDs on every node it appears in.
Result<> identify(const NodeSpec& spec, std::size_t index, GpuState& gpu) {
  const auto chip_id = static_cast<std::uint16_t>(gpu.pci_device_id >> 16);
  gpu.pdi = mixed(mixed(spec.seed) + index);
  if (const auto& wanted = spec.boards[index].uuid; wanted) {
    const std::string_view text = *wanted;
    const auto uuid = mig::parse_uuid(text.starts_with("GPU-") ? text.substr(4) : text);
    if (!uuid)
      return refuse(gpu_word(index) + ": \"" + *wanted + "\" is not a UUID",
                    "write it like GPU-2f815c32-768d-d782-1073-db01d7b90215");
    gpu.uuid = *uuid;
    std::uint64_t halves[2];
    std::memcpy(halves, uuid->data(), sizeof halves);
    gpu.pdi = mixed(halves[0] ^ mixed(halves[1]));
  } else {
    gpu.uuid = mig::gpu_uuid(chip_id, gpu.pdi);
  }
  const std::string digits = std::to_string(gpu.pdi % 1000000000000u);
  set_text(gpu.serial,
           "1" + std::string(12 - digits.size(), '0') + digits);  // 13 digits, like real ones
  return {};
}

Result<> fill_gpu(const NodeSpec& spec, std::size_t index, const mig::Product& product,
                  GpuState& gpu) {
  const BoardSpec& wish = spec.boards[index];
  const mig::Board* board = TRY(board_named(product, wish, index));
  if (!set_text(gpu.product, product.id) ||
      !set_text(gpu.name, wish.name.empty() ? board->name : wish.name))
    return fail(Code::kInternal,
                "the tables name " + std::string(product.id) + " too long for a state");
  gpu.pci_device_id = board->pci_device_id;
  gpu.minor = static_cast<std::uint32_t>(index);
  gpu.numa_node = wish.numa.value_or(index * 2 < spec.boards.size() ? 0 : 1);
  if (gpu.numa_node < -1 || gpu.numa_node > 1023)
    return refuse(gpu_word(index) + ": NUMA node " + std::to_string(gpu.numa_node) + " cannot be",
                  "use 0..1023, or -1 for none");
  gpu.rotated = wish.chip == mig::ChipLayout::kRotated ? 1 : 0;
  gpu.mig_current = gpu.mig_pending = wish.mig ? 1 : 0;
  gpu.persistence = wish.persistence ? 1 : 0;
  gpu.passthrough = wish.passthrough ? 1 : 0;
  gpu.nvlinks = wish.nvlinks;
  return identify(spec, index, gpu);
}

Result<> refuse_twins(const NodeState& node) {
  for (std::uint32_t i = 0; i < node.gpu_count; ++i) {
    for (std::uint32_t j = 0; j < i; ++j) {
      if (node.gpus[i].uuid != node.gpus[j].uuid) continue;
      return refuse(gpu_word(i) + " and " + gpu_word(j) + " have the same UUID",
                    "give every GPU its own UUID, or leave it out");
    }
  }
  return {};
}

}  // namespace

Result<NodeState> make_node(const NodeSpec& spec) {
  if (spec.boards.empty()) return refuse("a node without GPUs", "name at least one product");
  if (spec.boards.size() > kMaxGpus)
    return refuse(std::to_string(spec.boards.size()) + " GPUs in one node",
                  "a driver knows at most " + std::to_string(kMaxGpus) + " GPUs with MIG");
  std::vector<const mig::Product*> products;
  for (std::size_t i = 0; i < spec.boards.size(); ++i)
    products.push_back(TRY(product_named(spec.boards[i], i)));
  const std::string driver = TRY(driver_for(spec, products));

  const auto node = std::make_unique<NodeState>();  // 150 KiB: not on a stack
  node->gpu_count = static_cast<std::uint32_t>(spec.boards.size());
  set_text(node->driver_version, driver);
  node->cuda_version = cuda_version_of(*mig::parse_driver_version(driver));
  node->boot = node->driver_load = node->next_fault_serial = 1;
  node->next_stamp = node->next_event = 1;
  node->seed = spec.seed;
  for (std::size_t i = 0; i < products.size(); ++i)
    TRY(fill_gpu(spec, i, *products[i], node->gpus[i]));
  TRY(place_boards(spec, *node));
  TRY(refuse_twins(*node));
  return *node;
}

}  // namespace septet::driver::simulated
