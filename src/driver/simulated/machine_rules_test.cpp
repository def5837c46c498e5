// driver/simulated/machine_rules_test.cpp — each row is one rule of the reference (R0-R10) with its
// name.
//
// Script words, on GPU 0; each gives one word of the answer (an id, "ok", or "!<return code>"):
//   on off            mode; answers "<activation code>"       reset reboot restart lost
//   gi:P[@S]          create a GPU instance of profile id P    ci:G:P[@S]  compute instance in G
//   -gi:G  -ci:G:C    destroy                                  free:P  cfree:G:P  remaining
//   ps:PID:G[:C]      a process in an instance                 x:PID   a graphics process on the
//   GPU cuda:PID          a compute process on the GPU             -ps:PID it ends mode answers
//   "<current>/<pending>"            list    answers the instances, "13+0,11"
#include <gtest/gtest.h>

#include <charconv>
#include <memory>
#include <ostream>

#include "driver/simulated/fixed_text.h"
#include "driver/simulated/machine.h"

namespace septet::driver::simulated {
namespace {

struct RuleCase {
  const char* rule;
  const char* product;
  const char* chip;  // "", "rotated", "passthrough"
  const char* script;
  const char* answers;
};
void PrintTo(const RuleCase& row, std::ostream* out) { *out << row.rule; }

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(by);
    if (end != 0) parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

std::uint32_t number(const std::string& text) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string words(Status status) {
  return status == Status::kSuccess ? "ok" : "!" + std::to_string(static_cast<int>(status));
}
std::string words(const Created& created) {
  return created.status == Status::kSuccess ? std::to_string(created.id) : words(created.status);
}

class Player {
 public:
  explicit Player(NodeState& node) : node_(node) {}

  std::string play(const std::string& word) {
    const std::size_t at = word.find('@');
    start_ = at == std::string::npos ? std::nullopt
                                     : std::optional<std::uint32_t>(number(word.substr(at + 1)));
    part_ = split(word.substr(0, at), ':');
    const std::string& verb = part_[0];
    if (verb == "gi") return words(create_gpu_instance(node_, 0, arg(1), gpu_place()));
    if (verb == "ci")
      return words(create_compute_instance(node_, 0, arg(1), arg(2), slice_place()));
    if (verb == "-gi") return words(destroy_gpu_instance(node_, 0, arg(1)));
    if (verb == "-ci") return words(destroy_compute_instance(node_, 0, arg(1), arg(2)));
    if (verb == "free") return words(remaining_gpu_instances(node_, 0, arg(1)));
    if (verb == "cfree") return words(remaining_compute_instances(node_, 0, arg(1), arg(2)));
    if (verb == "-ps") return words(detach_process(node_, static_cast<std::int32_t>(arg(1))));
    if (verb == "ps" || verb == "x" || verb == "cuda")
      return words(attach_process(node_, process()));
    return play_node(verb);
  }

 private:
  std::string play_node(const std::string& verb) {
    if (verb == "on" || verb == "off") {
      const ModeAnswer answer = set_mig_mode(node_, 0, verb == "on");
      if (answer.status != Status::kSuccess) return words(answer.status);
      return std::to_string(static_cast<int>(answer.activation));
    }
    if (verb == "reset") return words(reset_gpu(node_, 0));
    if (verb == "reboot") reboot(node_);
    if (verb == "restart") restart_driver(node_);
    if (verb == "lost") node_.gpus[0].lost = 1;
    if (verb == "mode")
      return std::to_string(node_.gpus[0].mig_current) + "/" +
             std::to_string(node_.gpus[0].mig_pending);
    if (verb == "list") return list();
    return "ok";
  }

  std::string list() const {
    std::string text;
    for (std::uint32_t gi = 0; gi < kMaxGpuInstances; ++gi) {
      const GpuInstanceState& instance = node_.gpus[0].instances[gi];
      if (instance.stamp == 0) continue;
      text += (text.empty() ? "" : ",") + std::to_string(gi);
      for (std::uint32_t ci = 0; ci < kMaxComputeInstances; ++ci) {
        if (instance.compute[ci].stamp != 0) text += "+" + std::to_string(ci);
      }
    }
    return text.empty() ? "none" : text;
  }

  std::uint32_t arg(std::size_t i) const { return i < part_.size() ? number(part_[i]) : kNone; }
  std::optional<mig::Placement> gpu_place() const {
    if (!start_) return std::nullopt;
    const auto* profile = geometry_of(node_, node_.gpus[0]).find_id(arg(1));
    const std::uint8_t size = profile != nullptr ? profile->size : std::uint8_t{1};
    return mig::Placement{static_cast<std::uint8_t>(*start_), size};
  }
  std::optional<mig::Placement> slice_place() const {
    if (!start_) return std::nullopt;
    const std::uint32_t outer = node_.gpus[0].instances[arg(1)].profile_id;
    const auto* profile = geometry_of(node_, node_.gpus[0]).find_id(outer)->find_compute(arg(2));
    const std::uint8_t size = profile != nullptr ? profile->size : std::uint8_t{1};
    return mig::Placement{static_cast<std::uint8_t>(*start_), size};
  }
  ProcessState process() const {
    ProcessState state{};
    state.pid = static_cast<std::int32_t>(arg(1));
    state.gpu = 0;
    state.gpu_instance = arg(2);
    state.compute_instance = arg(3);
    state.graphics = part_[0] == "x" ? 1 : 0;
    set_text(state.name, part_[0]);
    return state;
  }

  NodeState& node_;
  std::vector<std::string> part_;
  std::optional<std::uint32_t> start_;
};

class MachineRules : public testing::TestWithParam<RuleCase> {};

TEST_P(MachineRules, Hold) {
  const RuleCase& row = GetParam();
  NodeSpec spec;
  spec.boards.resize(1);
  spec.boards[0].product = row.product;
  if (std::string(row.chip) == "rotated") spec.boards[0].chip = mig::ChipLayout::kRotated;
  spec.boards[0].passthrough = std::string(row.chip) == "passthrough";
  const auto made = make_node(spec);
  ASSERT_TRUE(made) << made.error().describe();
  const auto node = std::make_unique<NodeState>(*made);
  Player player(*node);
  std::string answers;
  for (const std::string& word : split(row.script, ' ')) {
    answers += (answers.empty() ? "" : " ") + player.play(word);
    const auto sane = check(*node);
    ASSERT_TRUE(sane) << "after " << word << ": " << sane.error().describe();
  }
  EXPECT_EQ(answers, row.answers) << row.script;
}

std::string rule_name(const testing::TestParamInfo<RuleCase>& row) { return row.param.rule; }

INSTANTIATE_TEST_SUITE_P(
    Placement, MachineRules,
    testing::Values(
        RuleCase{"R0_two_3g_leave_no_room_for_1g", "a100-40gb", "",
                 "on reset gi:9 gi:9 gi:19 free:19", "16 ok 2 1 !23 0"},
        RuleCase{"R0_unit_7_is_for_two_units_only", "h100-sxm5-80gb", "", "on gi:15@6 gi:19@6",
                 "0 6 !23"},
        RuleCase{"R1_1g_goes_6_4_5_0_1_2_3", "h100-sxm5-80gb", "",
                 "on gi:19 gi:19 gi:19 gi:19 gi:19 gi:19 gi:19 gi:19", "0 13 11 12 7 8 9 10 !23"},
        RuleCase{"R1_1g_2g_4g", "a100-40gb", "", "on reset gi:19 gi:14 gi:5", "16 ok 13 5 1"},
        RuleCase{"R1_known_issue_3g_last_fails", "a100-40gb", "",
                 "on reset gi:19 gi:19 gi:14 gi:9 list", "16 ok 13 11 3 !23 3,11,13"},
        RuleCase{"R1_double_memory_1g_goes_4_0_2", "h100-sxm5-80gb", "", "on gi:15 gi:15 gi:15",
                 "0 5 3 4"},
        RuleCase{"R1_a30", "a30-24gb", "", "on reset gi:14 gi:14 gi:5", "16 ok 3 4 2"},
        RuleCase{"R1_rtx_pro_6000", "rtx-pro-6000-blackwell-96gb", "",
                 "on gi:14 gi:14 gi:14 gi:14 gi:14", "0 3 4 5 6 !23"},
        RuleCase{"R2_rotated_1g", "h100-sxm5-80gb", "rotated",
                 "on gi:19 gi:19 gi:19 gi:19 gi:19 gi:19 gi:19", "0 9 7 8 11 12 13 14"},
        RuleCase{"R2_rotated_3g_4g", "a100-80gb", "rotated", "on reset gi:9 gi:5", "16 ok 1 2"},
        RuleCase{"R2_rotated_4g_2g_1g", "a100-40gb", "rotated", "on reset gi:5 gi:14 gi:19",
                 "16 ok 2 3 9"},
        RuleCase{"R2_a_freed_id_comes_back", "h100-sxm5-80gb", "", "on gi:19 -gi:13 gi:19",
                 "0 13 ok 13"},
        RuleCase{"R5_one_media_extension", "h100-sxm5-80gb", "", "on gi:20 gi:20 free:20 free:19",
                 "0 13 !23 0 6"},
        RuleCase{"R8_placement_not_listed", "h100-sxm5-80gb", "", "on gi:14@1 gi:19@7 gi:9@2",
                 "0 !2 !2 !2"},
        RuleCase{"R8_placement_overlap", "h100-sxm5-80gb", "", "on gi:9@0 gi:19@3 gi:19@4",
                 "0 1 !23 11"},
        RuleCase{"R8_profile_id_unknown", "h100-sxm5-80gb", "", "on gi:77 free:77 gi:1",
                 "0 !2 !2 !2"},
        RuleCase{"R8_mode_off", "h100-sxm5-80gb", "",
                 "gi:19 free:19 ci:0:0 -gi:0 -ci:0:0 cfree:0:0", "!3 !3 !3 !3 !3 !3"},
        RuleCase{"R8_no_such_instance", "h100-sxm5-80gb", "",
                 "on -gi:7 -gi:99 ci:7:0 -ci:7:0 gi:19 -ci:13:0 -ci:13:9",
                 "0 !6 !6 !6 !6 13 !6 !6"}),
    rule_name);

INSTANTIATE_TEST_SUITE_P(
    Compute, MachineRules,
    testing::Values(
        RuleCase{"R3_ids_are_the_lowest_free", "a100-40gb", "",
                 "on reset gi:9 ci:2:0 ci:2:0 ci:2:0 -ci:2:1 ci:2:0", "16 ok 2 0 1 2 ok 1"},
        RuleCase{"R3_1c_in_4g_leaves_3_1_0", "a100-80gb", "",
                 "on reset gi:5 ci:1:0 cfree:1:0 cfree:1:1 cfree:1:3", "16 ok 1 0 3 1 0"},
        RuleCase{"R3_ampere_2c_starts_at_any_slice", "a100-40gb", "",
                 "on reset gi:9 ci:2:0@0 ci:2:1@1 list", "16 ok 2 0 1 2+0+1"},
        RuleCase{"R3_ampere_busy_span", "a100-40gb", "", "on reset gi:9 ci:2:0@0 ci:2:0@0",
                 "16 ok 2 0 !23"},
        RuleCase{"R3_hopper_unaligned_span", "h100-sxm5-80gb", "", "on gi:5 ci:1:1@1", "0 1 !2"},
        RuleCase{"R3_hopper_busy_span", "h100-sxm5-80gb", "", "on gi:5 ci:1:0@0 ci:1:1@0",
                 "0 1 0 !19"},
        RuleCase{"R3_none_free", "h100-sxm5-80gb", "", "on gi:9 ci:2:2 ci:2:0", "0 2 0 !23"},
        RuleCase{"R3_double_memory_1g_has_rev1", "h100-sxm5-80gb", "", "on gi:15 ci:5:7", "0 5 0"},
        RuleCase{"R8_compute_profile_not_offered", "h100-sxm5-80gb", "",
                 "on gi:19 ci:13:2 cfree:13:2", "0 13 !3 !3"},
        RuleCase{"R8_compute_profile_unknown", "h100-sxm5-80gb", "", "on gi:19 ci:13:9 ci:13:200",
                 "0 13 !2 !2"}),
    rule_name);

INSTANTIATE_TEST_SUITE_P(
    Clients, MachineRules,
    testing::Values(RuleCase{"R8_gi_with_ci_is_in_use", "h100-sxm5-80gb", "",
                             "on gi:9 ci:2:2 -gi:2 -ci:2:0 -gi:2 list", "0 2 0 !19 ok ok none"},
                    RuleCase{"R8_process_on_ci", "h100-sxm5-80gb", "",
                             "on gi:9 ci:2:2 ps:7:2:0 -ci:2:0 -gi:2 -ps:7 -ci:2:0",
                             "0 2 0 ok !19 !19 ok ok"},
                    RuleCase{"R8_process_in_gi", "h100-sxm5-80gb", "",
                             "on gi:9 ps:7:2 -gi:2 -ps:7 -gi:2", "0 2 ok !19 ok ok"},
                    RuleCase{"R8_first_gi_needs_an_idle_gpu", "rtx-pro-6000-blackwell-96gb", "",
                             "on x:9 free:14 gi:14 -ps:9 gi:14 x:9 gi:14", "0 ok 0 !19 ok 3 ok 4"},
                    RuleCase{"process_needs_its_place", "h100-sxm5-80gb", "",
                             "cuda:5 -ps:5 on cuda:5 ps:5:2 gi:9 ps:5:2:0 -ps:5",
                             "ok ok 0 !19 !6 2 !6 !6"},
                    RuleCase{"process_attaches_again", "h100-sxm5-80gb", "",
                             "on gi:9 ps:5:2 ps:5:2 -ps:5 -ps:5", "0 2 ok ok ok !6"}),
    rule_name);

INSTANTIATE_TEST_SUITE_P(
    Mode, MachineRules,
    testing::Values(RuleCase{"R7_ampere_waits_for_reset", "a100-40gb", "",
                             "on mode gi:19 reset mode gi:19", "16 0/1 !3 ok 1/1 13"},
                    RuleCase{"R7_ampere_taken_back", "a100-40gb", "", "on off mode reset mode",
                             "16 0 0/0 ok 0/0"},
                    RuleCase{"R7_hopper_at_once", "h100-sxm5-80gb", "", "on mode off mode",
                             "0 1/1 0 0/0"},
                    RuleCase{"R7_clients_block", "h100-sxm5-80gb", "",
                             "cuda:5 on mode -ps:5 on mode", "ok 19 0/1 ok 0 1/1"},
                    RuleCase{"R7_ampere_clients_block", "a100-40gb", "",
                             "cuda:5 on reset -ps:5 on reset mode", "ok 19 !19 ok 16 ok 1/1"},
                    RuleCase{"R7_live_instances_block", "h100-sxm5-80gb", "",
                             "on gi:19 off mode -gi:13 off mode", "0 13 19 1/0 ok 0 0/0"},
                    RuleCase{"R7_pending_off_by_reset", "h100-sxm5-80gb", "",
                             "on gi:19 off reset mode list", "0 13 19 ok 0/0 none"},
                    RuleCase{"R7_passthrough_waits_for_reboot", "a100-40gb", "passthrough",
                             "on reset mode reboot mode", "3 !3 0/1 ok 1/1"},
                    RuleCase{"R7_instances_never_survive_reset", "a100-40gb", "",
                             "on reset gi:9 ci:2:2 reset mode list", "16 ok 2 0 ok 1/1 none"},
                    RuleCase{"R7_ampere_mode_survives_reboot", "a100-40gb", "",
                             "on reset gi:9 reboot mode list", "16 ok 2 ok 1/1 none"},
                    RuleCase{"R7_ampere_pending_takes_effect_on_reboot", "a100-40gb", "",
                             "on reboot mode", "16 ok 1/1"},
                    RuleCase{"R7_ampere_mode_survives_restart", "a100-40gb", "",
                             "on reset restart mode", "16 ok ok 1/1"},
                    RuleCase{"R7_hopper_mode_lost_on_restart", "h100-sxm5-80gb", "",
                             "on gi:9 restart mode list", "0 2 ok 0/0 none"},
                    RuleCase{"R7_hopper_mode_lost_on_reboot", "h100-sxm5-80gb", "",
                             "on reboot mode", "0 ok 0/0"},
                    RuleCase{"lost_answers_lost", "h100-sxm5-80gb", "",
                             "on gi:9 lost gi:9 -gi:2 free:9 ci:2:2 off reset ps:4:2 reboot on",
                             "0 2 ok !15 !15 !15 !15 !15 !15 !15 ok 0"}),
    rule_name);

}  // namespace
}  // namespace septet::driver::simulated
