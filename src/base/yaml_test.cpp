#include "base/yaml.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>

namespace septet {
namespace {

// What parse_yaml says, "ok" when it says nothing.
std::string verdict(const std::string& text) {
  const auto document = parse_yaml("f.yaml", text);
  if (document) return "ok";
  EXPECT_EQ(document.error().code, Code::kInvalidArgument);
  return document.error().what;
}

YamlDocument parsed(const std::string& text) {
  auto document = parse_yaml("f.yaml", text);
  EXPECT_TRUE(document) << document.error().describe();
  return document ? *document : YamlDocument{};
}

TEST(ParseYaml, reads_yaml_and_json) {
  EXPECT_EQ(parsed("a: 1\nb: [x, y]\n").root["b"][1].Scalar(), "y");
  EXPECT_EQ(parsed(R"({"a": {"b": [1, 2]}, "c": "d"})").root["a"]["b"][1].Scalar(), "2");
  EXPECT_EQ(parsed("\xef\xbb\xbf"
                   "a: 1\n")
                .root["a"]
                .Scalar(),
            "1")
      << "a byte order mark";
  EXPECT_EQ(parsed("---\na: 1\n...\n").root["a"].Scalar(), "1");
  EXPECT_TRUE(parsed("").root.IsNull());
  EXPECT_TRUE(parsed("# nothing but a comment\n").root.IsNull());
}

struct BadDocument {
  const char* rule;
  std::string text;
  std::string complaint;  // how it starts
};

std::string times(std::size_t count, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string billion_laughs() {
  std::string text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + times(9, before + ", ") +
            before + "]\n";
  }
  return text;
}

// Each alias nests the one before a level deeper: shallow as written, deep when followed.
std::string deep_by_aliases() {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 80; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) +
            "]\n";
  }
  return text;
}

TEST(ParseYaml, refuses_bad_documents_and_says_where) {
  const std::vector<BadDocument> table = {
      {"broken flow", "a: [1, 2\nb: 3\n", "f.yaml:"},
      {"tab as indentation", "a:\n\tb: 1\n", "f.yaml:2:"},
      {"unknown alias", "a: *nobody\n", "f.yaml:1:4: "},
      {"second document", "a: 1\n---\nb: 2\n", "f.yaml: more than one document"},
      {"control byte", "a: 1\nb: \x04 c: 2\n", "f.yaml:2:4: a control byte"},
      {"NUL", std::string("a: \0", 4), "f.yaml:1:4: a control byte"},
      {"UTF-16",
       std::string("\xff\xfe"
                   "a\0:\0",
                   6),
       "f.yaml:1:1: a control byte"},
      {"too large", std::string((1 << 20) + 1, '#'), "f.yaml: larger than 1 MiB"},
      {"65 levels of flow", times(65, "[") + times(65, "]"),
       "f.yaml:1:65: nested more than 64 levels"},
      {"a million brackets", std::string(1'000'000, '['),
       "f.yaml:1:33: nested more than 64 levels"},
      {"a million braces", std::string(1'000'000, '{'), "f.yaml:1:64: nested more than 64 levels"},
      {"nested block lists", times(500'000, "- "), "f.yaml:1:129: nested more than 64 levels"},
      {"question marks", times(500'000, "? "), "f.yaml:"},
      {"billion laughs", billion_laughs(), "f.yaml:4:45: aliases repeat too much"},
      {"deep by aliases", deep_by_aliases(), "f.yaml:64:12: nested more than"},
      {"an alias inside its own anchor", "a: &a [1, *a]\n",
       "f.yaml:1:11: an alias inside what it names"},
  };
  for (const BadDocument& row : table) {
    const std::clock_t begin = std::clock();  // processor time: the machine may be busy
    const std::string said = verdict(row.text);
    EXPECT_TRUE(said.starts_with(row.complaint)) << row.rule << ": " << said.substr(0, 200);
    EXPECT_LT(said.size(), 200u) << row.rule;
    EXPECT_LT(std::clock() - begin, 20 * CLOCKS_PER_SEC) << row.rule;
  }
}

TEST(ParseYaml, allows_what_people_write) {
  EXPECT_EQ(verdict(times(64, "[") + times(64, "]")), "ok");
  EXPECT_EQ(verdict(std::string(1 << 20, '#')), "ok");
  EXPECT_EQ(verdict("base: &b {x: 1}\none: *b\ntwo: *b\n"), "ok") << "an alias or two";
  EXPECT_EQ(verdict("a: 1\r\nb: 2\r\n"), "ok");
  EXPECT_EQ(verdict("name: größe\n"), "ok");
}

RC_GTEST_PROP(ParseYaml, survives_any_text, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::element('{', '}', '[', ']', ':', '-', '&', '*', '!', '|', '>', '?',
                                      ',', '#', '"', '\'', '%', '@', '\n', ' '),
                     rc::gen::inRange('a', 'e'), rc::gen::arbitrary<char>()));
  const auto document = parse_yaml("f", text);
  if (!document) RC_ASSERT(document.error().what.starts_with("f"));
}

// ---- Files

class YamlFile : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("yaml_test." + std::to_string(::getpid()));
};

TEST_F(YamlFile, is_read_and_named) {
  std::ofstream(path("spec.yaml")) << "version: v1\n";
  const auto document = read_yaml_file(path("spec.yaml"));
  ASSERT_TRUE(document) << document.error().describe();
  EXPECT_EQ(where(*document, document->root["version"]), path("spec.yaml") + ":1:10");
}

TEST_F(YamlFile, what_cannot_be_read_is_a_sentence) {
  const auto missing = read_yaml_file(path("missing.yaml"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_NE(missing.error().what.find("missing.yaml: No such file"), std::string::npos);
  const auto folder = read_yaml_file(folder_.string());
  ASSERT_FALSE(folder);
  EXPECT_NE(folder.error().what.find("directory"), std::string::npos) << folder.error().what;
  const auto endless = read_yaml_file("/dev/zero");
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().what, "/dev/zero: larger than 1 MiB");
}

// ---- Keys and values

TEST(CheckKeys, refuses_unknown_keys_and_names_the_nearest) {
  const auto document = parsed("version: v1\nreplcas: 2\n");
  const auto checked = check_keys(document, document.root, {"version", "replicas"});
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().describe(),
            "f.yaml:2:1: unknown key \"replcas\"\n  try: did you mean replicas?");
  EXPECT_TRUE(check_keys(document, document.root, {"version", "replcas"}));
}

TEST(CheckKeys, refuses_a_key_written_twice) {
  const auto document = parsed("a: 1\nb: 2\na: 3\n");
  const auto checked = check_keys(document, document.root, {"a", "b"});
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().what, "f.yaml:3:1: \"a\" is written twice, first at f.yaml:1:1");
}

TEST(CheckKeys, refuses_what_is_no_mapping) {
  const auto list = parsed("[a, b]");
  EXPECT_EQ(check_keys(list, list.root, {"a"}).error().what,
            "f.yaml:1:1: expected a mapping (key: value), got a list");
  const auto empty = parsed("");
  EXPECT_EQ(check_keys(empty, empty.root, {"a"}).error().what,
            "f.yaml: expected a mapping (key: value), got nothing");
  const auto odd = parsed("? [a]\n: 1\n");
  EXPECT_FALSE(check_keys(odd, odd.root, {"a"}));
  const YAML::Node& root = odd.root;
  EXPECT_FALSE(check_keys(odd, root["absent"], {"a"}))
      << "an absent node is a complaint, not a crash";
}

TEST(Values, are_read_or_refused_with_their_place) {
  const auto document = parsed(
      "text: abc\ncount: 7\nyes: true\nlist: [1]\nnothing: ~\nlarge: 18446744073709551616\n");
  const YAML::Node& root = document.root;
  EXPECT_EQ(as_text(document, root["text"], "a name"), "abc");
  EXPECT_EQ(as_count(document, root["count"], "replicas", 7), 7u);
  EXPECT_EQ(as_bool(document, root["yes"], "a switch"), true);
  EXPECT_EQ(as_count(document, root["count"], "replicas", 6).error().what,
            "f.yaml:2:8: replicas must be a whole number from 0 to 6, got \"7\"");
  EXPECT_EQ(as_text(document, root["list"], "a name").error().what,
            "f.yaml:4:7: a name must be a text, got a list");
  EXPECT_EQ(as_bool(document, root["text"], "a switch").error().what,
            "f.yaml:1:7: a switch must be true or false, got \"abc\"");
  EXPECT_FALSE(as_text(document, root["nothing"], "a name"));
  EXPECT_FALSE(as_text(document, root["absent"], "a name"));
  EXPECT_FALSE(as_count(document, root["absent"], "a number", 1));
  EXPECT_FALSE(as_bool(document, root["absent"], "a switch"));
  EXPECT_FALSE(as_count(document, root["large"], "a number", ~std::uint64_t{0}));
}

TEST(Values, counts_are_plain_decimal_and_bools_are_words) {
  for (const char* text :
       {"-1", "+1", "1.0", "1e3", "0x10", "1_000", "\" 1\"", "''", "one", "1 2"}) {
    const auto document = parsed(std::string("a: ") + text);
    EXPECT_FALSE(as_count(document, document.root["a"], "a number", 5000)) << text;
  }
  for (const char* text : {"true", "True", "YES", "on"}) {
    const auto document = parsed(std::string("a: ") + text);
    EXPECT_EQ(as_bool(document, document.root["a"], "a switch"), true) << text;
  }
  for (const char* text : {"false", "No", "OFF"}) {
    const auto document = parsed(std::string("a: ") + text);
    EXPECT_EQ(as_bool(document, document.root["a"], "a switch"), false) << text;
  }
  for (const char* text : {"1", "0", "y", "truee", "''", "[true]"}) {
    const auto document = parsed(std::string("a: ") + text);
    EXPECT_FALSE(as_bool(document, document.root["a"], "a switch")) << text;
  }
}

}  // namespace
}  // namespace septet
