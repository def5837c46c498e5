// septet checkpoint and restore; septet assert; and what the manager's verbs say to wrong input.
#include <gtest/gtest.h>

#include "layouts_of_tests.h"

namespace septet::e2e {
namespace {

TEST(Checkpoint, RestoresEveryInstanceToItsPlace) {
  const Node node("--product h100-sxm5-80gb,a100-80gb --mig on");
  ASSERT_EQ(node.septet("smi mig -i 0 -cgi 9:0,15:4,19:6 -C").code, 0);
  ASSERT_EQ(node.septet("smi mig -i 1 -cgi 9:4 ").code, 0);
  ASSERT_EQ(node.septet("smi mig -i 1 -cci 0,0").code, 0);
  const std::string file = node.state() + ".json";
  const auto made = node.septet("checkpoint " + file);
  ASSERT_EQ(made.code, 0) << made.err;
  const std::string text = read_file(file);
  EXPECT_EQ(node.septet("checkpoint").out, text);
  EXPECT_EQ(node.septet("restore " + file).code, 0) << "nothing to do";

  ASSERT_EQ(node.septet("smi mig -dci").code, 0);
  ASSERT_EQ(node.septet("smi mig -dgi").code, 0);
  ASSERT_EQ(node.septet("smi mig -i 0 -cgi 0 -C").code, 0);
  EXPECT_EQ(node.septet("restore --dry-run " + file).code, 2);
  EXPECT_EQ(held_by(node, 0), "7g.80gb@0");
  const auto restored = node.septet("restore " + file);
  EXPECT_EQ(restored.code, 0) << restored.err;
  EXPECT_EQ(node.septet("checkpoint").out, text);
  EXPECT_EQ(node.json("history")[0]["verb"], "restore");
}

TEST(Checkpoint, GpusItDoesNotNameStayAsTheyAre) {
  const Node one("--gpus 1 --mig on");
  ASSERT_EQ(one.septet("smi mig -cgi 9 -C").code, 0);
  const Node two("--gpus 2 --mig on");
  ASSERT_EQ(two.septet("smi mig -i 1 -cgi 0 -C").code, 0);
  const std::string file = one.write("c.json", one.septet("checkpoint").out);
  EXPECT_EQ(two.septet("restore " + file).code, 0);
  EXPECT_EQ(held_by(two, 0), held_by(one, 0));
  EXPECT_EQ(held_by(two, 1), "7g.80gb@0");
}

TEST(Assert, SaysWhatDiffersByGpu) {
  const Node node("--gpus 2");
  const std::string file = write_configs(node);
  const auto off = node.septet("assert " + file + " -c halves");
  EXPECT_EQ(off.code, 2) << off.err;
  EXPECT_NE(off.out.find("GPU 0: MIG mode is off, not on; lacks 2x 3g.40gb"), std::string::npos)
      << off.out;
  ASSERT_EQ(node.septet("apply " + file + " -c halves").code, 0);
  const auto yes = node.septet("assert " + file + " -c halves");
  EXPECT_EQ(yes.code, 0) << yes.out;
  EXPECT_EQ(node.septet("assert " + file + " -c small").out,
            "no: the node is not as " + file +
                " wants it\n  GPU 0: lacks 7x 1g.10gb; holds 2x 3g.40gb that nobody asked for\n");
  const auto json = node.septet("--json assert " + file + " -c mixed");
  EXPECT_EQ(json.code, 2);
  const Json told = Json::parse(json.out, nullptr, false);
  EXPECT_FALSE(told["as_wanted"].get<bool>());
  EXPECT_EQ(told["gpus"][0]["lacks"][0]["instance"], "2g.20gb");
  EXPECT_EQ(told["gpus"][0]["unwanted"][0]["count"], 1);
  EXPECT_TRUE(node.json("history").size() == 1u) << "asserting is no change";
}

TEST(Assert, LeavesGpusAsideThatTheFileDoesNotMention) {
  const Node node("--gpus 2 --mig on");
  const std::string file = write_configs(node);
  ASSERT_EQ(node.septet("apply " + file + " -c halves").code, 0);
  ASSERT_EQ(node.septet("smi mig -i 1 -cgi 0 -C").code, 0);
  EXPECT_EQ(node.septet("assert " + file + " -c halves").code, 0);
  EXPECT_EQ(node.septet("assert " + file + " -c everywhere").code, 2);
}

TEST(Assert, AGpuThatDoesNotAnswerIsNotSaidToBeAsWanted) {
  const Node node("--gpus 1 --mig on");
  const std::string file = write_configs(node);
  ASSERT_EQ(node.septet("sim fault lost --gpu 0").code, 0);
  EXPECT_EQ(node.septet("assert " + file + " -c halves").code, 1);
}

TEST(Assert, WorkloadsToo) {
  const Node node("--gpus 8 --mig on");
  const std::string file = source_dir() + "/examples/inference-mix.yaml";
  EXPECT_EQ(node.septet("assert " + file).code, 2);
  ASSERT_EQ(node.septet("apply " + file).code, 0);
  EXPECT_EQ(node.septet("assert " + file).code, 0);
}

struct WrongInput {
  const char* rule;
  const char* words;  // {} is the file of configs, {other} a checkpoint of another node
  int code;
  const char* said;
};
class WrongChange : public testing::TestWithParam<WrongInput> {};

std::string filled_in(std::string words, const std::string& what, const std::string& with) {
  if (const auto at = words.find(what); at != std::string::npos)
    words.replace(at, what.size(), with);
  return words;
}

TEST_P(WrongChange, IsAnErrorThatHelpsAndChangesNothing) {
  const Node node("--gpus 1 --mig on");
  const Node other("--gpus 1 --seed 7");
  const std::string file = write_configs(node);
  ASSERT_EQ(node.septet("apply " + file + " -c halves").code, 0);
  std::string words = filled_in(GetParam().words, "{}", file);
  words = filled_in(words, "{other}", node.write("o.json", other.septet("checkpoint").out));
  words = filled_in(words, "{v2}", node.write("v2.json", "{\"Version\": \"v2\", \"MigState\": 0}"));
  const auto outcome = node.septet(words);
  EXPECT_EQ(outcome.code, GetParam().code) << outcome.out << outcome.err;
  EXPECT_NE(outcome.err.find(GetParam().said), std::string::npos) << outcome.err;
  EXPECT_EQ(held_by(node), "3g.40gb@0 3g.40gb@4");
  std::size_t done = 0;
  for (const Json& change : node.json("history")) done += change["state"] == "done" ? 1 : 0;
  EXPECT_EQ(done, 1u);
}
INSTANTIATE_TEST_SUITE_P(
    , WrongChange,
    testing::Values(
        WrongInput{"apply_no_file", "apply", 1, "which file?"},
        WrongInput{"apply_no_such_config", "apply {} -c halfs", 1, "did you mean halves"},
        WrongInput{"apply_force_is_no_name", "apply {} -c small --force 3g.40gb", 1,
                   "names no instance"},
        WrongInput{"apply_wait_forever", "apply {} -c small --wait -1", 1, "--wait"},
        WrongInput{"boot_with_file", "apply --boot {}", 1, "--boot takes no file"},
        WrongInput{"boot_dry_run", "apply --boot --dry-run", 1, "no dry run"},
        WrongInput{"reboot_alone", "apply {} -c small --reboot", 1, "--boot"},
        WrongInput{"assert_no_file", "assert", 1, "which file?"},
        WrongInput{"assert_two_files", "assert {} -f {}", 1, "two files"},
        WrongInput{"assert_missing", "assert /no/such.yaml", 1, "/no/such.yaml"},
        WrongInput{"history_no_number", "history -n many", 1, "-n"},
        WrongInput{"history_extra", "history 7", 1, "7"},
        WrongInput{"history_option", "history --all", 1, "--all"},
        WrongInput{"rollback_no_such", "rollback 99", 1, "99"},
        WrongInput{"rollback_word", "rollback first", 1, "last"},
        WrongInput{"rollback_negative", "rollback -- -1", 1, "is not a change"},
        WrongInput{"recover_both", "recover --finish --undo", 1, "--finish"},
        WrongInput{"recover_all_three", "recover --undo --accept", 1, "--accept"},
        WrongInput{"recover_extra", "recover 1", 1, "1"},
        WrongInput{"checkpoint_folder", "checkpoint /no/such/folder/c.json", 1, "/no/such/folder"},
        WrongInput{"checkpoint_option", "checkpoint --yaml", 1, "--yaml"},
        WrongInput{"checkpoint_two", "checkpoint a b", 1, "b"},
        WrongInput{"restore_no_file", "restore", 1, "FILE"},
        WrongInput{"restore_other_node", "restore {other}", 1, "this node has no GPU"},
        WrongInput{"restore_version", "restore {v2}", 1, "v2.json:1:13: version"},
        WrongInput{"restore_config", "restore {}", 1, "configs.yaml:1:1: unknown key"}),
    [](const auto& row) { return std::string(row.param.rule); });

}  // namespace
}  // namespace septet::e2e
