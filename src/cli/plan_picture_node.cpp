// cli/plan_picture_node.cpp — a plan for this node as a picture: before, after, and the steps.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "cli/plan_picture.h"
#include "cli/plan_text.h"

namespace septet::cli {

namespace {

// "1, 4-6".
std::string ranges_text(const std::set<std::size_t>& numbers) {
  std::string text;
  for (auto at = numbers.begin(); at != numbers.end();) {
    const std::size_t first = *at;
    std::size_t last = first;
    while (++at != numbers.end() && *at == last + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", first);
    if (last > first) text += fmt::format("{}{}", last == first + 1 ? ", " : "-", last);
  }
  return text;
}

// One node's boards, with the numbers of the steps that concern them.
class NodePainter {
 public:
  explicit NodePainter(const Intent& intent)
      : intent_(intent),
        packed_(intent.packed ? &*intent.packed : nullptr),
        words_(step_words(intent.plan, packed_)) {
    for (std::size_t w = 0; w < words_.size(); ++w) {
      for (const plan::Step* step : words_[w].steps) number_.emplace(step, w + 1);
    }
    if (packed_ == nullptr) name_profiles();
  }

  svg::Picture picture() const {
    svg::Picture picture;
    picture.title = title();
    picture.summary = summary();
    picture.columns = {"before"};
    if (fits()) picture.columns.emplace_back("after");
    picture.sections.emplace_back();
    for (const mig::Gpu& gpu : intent_.node.gpus) picture.sections[0].rows.push_back(row(gpu));
    picture.keys = keys();
    if (!words_.empty()) picture.list_heading = "Steps";
    for (std::size_t w = 0; w < words_.size(); ++w)
      picture.list.push_back({std::to_string(w + 1), line(words_[w])});
    return picture;
  }

 private:
  bool fits() const { return packed_ == nullptr || packed_->fits(); }

  std::string title() const {
    std::string what = intent_.strategy.name.empty() ? intent_.file : intent_.strategy.name;
    if (!intent_.config.empty()) what = fmt::format("{}, {}", intent_.config, what);
    if (!fits()) return fmt::format("Does not fit: {}", what);
    return intent_.plan.empty() ? fmt::format("Nothing to do: {}", what) : "Plan: " + what;
  }

  std::vector<std::string> summary() const {
    std::vector<std::string> out;
    if (!fits()) {
      out.push_back(does_not_fit(*packed_).what + "; nothing is changed");
    } else if (!intent_.plan.empty()) {
      out.push_back(summary_text(intent_.plan));
    }
    if (packed_ != nullptr && fits()) {
      const plan::Packing& packing = packed_->packing;
      const bool least = packing.proven && packing.gpus == packing.fewest;
      out.push_back(fmt::format("the workloads take {} of {} GPUs{}", packing.gpus,
                                intent_.node.gpus.size(), least ? ", and fewer cannot do" : ""));
    }
    if (const auto strategy = plan::strategy_named(intent_.strategy.name))
      out.emplace_back(plan::one_sentence(*strategy));
    if (intent_.node.simulated) out.emplace_back("a simulated node");
    return out;
  }

  const plan::GpuCut* target(const mig::Gpu& gpu) const {
    const auto at = std::ranges::find(intent_.plan.to, gpu.index, &plan::GpuCut::gpu);
    return at == intent_.plan.to.end() ? nullptr : &*at;
  }

  svg::BoardRow row(const mig::Gpu& gpu) const {
    svg::BoardRow row;
    row.label = fmt::format("GPU {}", gpu.index);
    row.notes.push_back(gpu.name.starts_with("NVIDIA ") ? gpu.name.substr(7) : gpu.name);
    if (gpu.problem) row.notes.push_back(*gpu.problem);
    const plan::GpuCut now = plan::cut_of(gpu);
    const plan::GpuCut* const wanted = target(gpu);
    row.boards.push_back(board(gpu, now, false));
    if (fits()) row.boards.push_back(board(gpu, wanted == nullptr ? now : *wanted, true));
    std::string numbers = numbers_of([&](const plan::Step& step) {
      return step.gpu == gpu.index &&
             (step.kind == plan::StepKind::kSetMode || step.kind == plan::StepKind::kReset);
    });
    if (!numbers.empty()) row.notes.push_back("MIG mode: step " + numbers);
    if (fits() && wanted == nullptr && gpu.geometry) row.notes.emplace_back("not in the plan");
    return row;
  }

  svg::Board board(const mig::Gpu& gpu, const plan::GpuCut& cut, bool after) const {
    svg::Board board;
    if (gpu.geometry) board.units = gpu.geometry->geometry.units;
    switch (cut.mode) {
      case mig::MigMode::kOn: board.remark = "empty"; break;
      case mig::MigMode::kOff: board.remark = "MIG off"; break;
      case mig::MigMode::kUnsupported: board.remark = "cannot be cut"; break;
    }
    if (gpu.problem) board.remark = "cannot be read";
    for (const plan::InstanceCut& instance : cut.instances)
      board.instances.push_back(drawn(gpu, instance, after));
    return board;
  }

  svg::DrawnInstance drawn(const mig::Gpu& gpu, const plan::InstanceCut& cut, bool after) const {
    const auto* profile = gpu.geometry ? gpu.geometry->geometry.find_id(cut.profile_id) : nullptr;
    svg::DrawnInstance out{cut.name, cut.at.start, cut.at.size};
    out.slices = profile != nullptr ? profile->slices : 0u;
    out.compute = compute_spans(cut, profile);
    const auto live = std::ranges::find_if(gpu.instances, [&cut](const mig::GpuInstance& one) {
      return one.at == cut.at && one.profile_id == cut.profile_id;
    });
    if (fits()) fate_of(gpu, cut, after, out);
    const bool same = live != gpu.instances.end() && out.fate != svg::Fate::kNew;
    out.in_use = same && plan::in_use(*live);
    if (after || out.fate == svg::Fate::kStays) out.occupants = occupants(gpu, cut);
    if (out.occupants.empty() && out.in_use) out.occupants = users(*live);
    if (const auto key = profile_key_.find(cut.name); key != profile_key_.end()) {
      out.key = key->second;
      for (svg::Occupant& who : out.occupants) who.key = key->second;
    }
    return out;
  }

  void fate_of(const mig::Gpu& gpu, const plan::InstanceCut& cut, bool after,
               svg::DrawnInstance& out) const {
    using plan::StepKind;
    const StepKind whole = after ? StepKind::kCreateInstance : StepKind::kDestroyInstance;
    const StepKind part = after ? StepKind::kCreateCompute : StepKind::kDestroyCompute;
    if (!numbers_at(gpu, cut, {whole}).empty()) {
      out.fate = after ? svg::Fate::kNew : svg::Fate::kGoes;
      out.steps = numbers_at(gpu, cut, {whole, part});
    } else {
      out.fate = svg::Fate::kStays;
      out.steps = numbers_at(gpu, cut, {part});
    }
  }

  static std::vector<svg::ComputeSpan> compute_spans(const plan::InstanceCut& cut,
                                                     const mig::GpuInstanceProfile* profile) {
    std::vector<svg::ComputeSpan> spans;
    unsigned next = 0;  // where one stands whose place the driver chooses
    for (const plan::ComputeCut& compute : cut.compute) {
      const auto* known = profile != nullptr ? profile->find_compute(compute.profile_id) : nullptr;
      const unsigned start = compute.at ? compute.at->start : next;
      const unsigned slices = known != nullptr ? known->slices : compute.at ? compute.at->size : 1u;
      spans.push_back({start, slices});
      next = start + slices;
    }
    return spans;
  }

  std::vector<svg::Occupant> occupants(const mig::Gpu& gpu, const plan::InstanceCut& cut) const {
    if (packed_ == nullptr) return {};
    for (const plan::PackedBin& bin : packed_->packing.bins) {
      if (bin.gpu != gpu.index) continue;
      for (const plan::PackedInstance& one : bin.instances) {
        if (one.instance.at == cut.at && one.replica)
          return {{replica_name(*packed_, *one.replica), one.replica->demand}};
      }
    }
    return {};
  }

  static std::vector<svg::Occupant> users(const mig::GpuInstance& instance) {
    const mig::Process& first = instance.processes.front();
    const auto slash = first.name.rfind('/');
    std::string name = slash == std::string::npos ? first.name : first.name.substr(slash + 1);
    if (name.empty()) name = fmt::format("pid {}", first.pid);
    if (instance.processes.size() > 1)
      name += fmt::format(" and {} more", instance.processes.size() - 1);
    return {{std::move(name)}};
  }

  template <typename F>
  std::string numbers_of(const F& concerns) const {
    std::set<std::size_t> numbers;
    for (const auto& [step, number] : number_) {
      if (concerns(*step)) numbers.insert(number);
    }
    return ranges_text(numbers);
  }

  std::string numbers_at(const mig::Gpu& gpu, const plan::InstanceCut& cut,
                         const std::set<plan::StepKind>& kinds) const {
    return numbers_of([&](const plan::Step& step) {
      return kinds.contains(step.kind) && step.gpu == gpu.index && step.at == cut.at &&
             step.profile_id == cut.profile_id;
    });
  }

  std::string line(const StepWords& words) const {
    std::string_view what = words.what;
    if (what.starts_with("! ")) what.remove_prefix(2);
    std::string text = fmt::format("GPU {}: {}", words.step->gpu, what);
    if (!words.owner.empty()) text += " for " + words.owner;
    if (!words.needs.empty()) text += ", needs: " + words.needs;
    if (!words.step->in_the_way.empty())
      text += ", in the way: " + plan::who(words.step->in_the_way);
    return text;
  }

  // A fill for each profile, in the order in which they come.
  void name_profiles() {
    for (const auto* cuts : {&intent_.plan.to, &intent_.plan.from}) {
      for (const plan::GpuCut& cut : *cuts) {
        for (const plan::InstanceCut& instance : cut.instances)
          profile_key_.emplace(instance.name, profile_key_.size());
      }
    }
  }

  std::vector<svg::KeyEntry> keys() const {
    std::vector<svg::KeyEntry> keys;
    if (packed_ == nullptr) return keys;  // profiles stand in every box
    for (std::size_t w = 0; w < packed_->workloads.size(); ++w) {
      const plan::Workload& workload = packed_->workloads[w].workload;
      std::string note = fmt::format("{} replica{}, {}", workload.replicas,
                                     workload.replicas == 1 ? "" : "s", plan::to_string(workload));
      keys.push_back({w, workload.name, std::move(note)});
    }
    return keys;
  }

  const Intent& intent_;
  const plan::NodePlan* packed_;
  std::vector<StepWords> words_;
  std::map<const plan::Step*, std::size_t> number_;  // of the line that tells it
  std::map<std::string, std::size_t> profile_key_;
};

}  // namespace

svg::Picture picture_of(const Intent& intent) { return NodePainter(intent).picture(); }

}  // namespace septet::cli
