#include "program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace septet::e2e {

namespace {

// The build says where things are; the environment may say otherwise.
std::string environment(const char* name, const char* built_in) {
  const char* value = std::getenv(name);
  return value == nullptr ? built_in : value;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

}  // namespace

std::string source_dir() { return environment("SEPTET_SOURCE_DIR", SEPTET_BUILT_FROM); }

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Outcome run(const std::vector<std::string>& argv) { return Running(argv).wait(); }

Running::Running(const std::vector<std::string>& argv) {
  // Not septet-e2e-: kubernetes/own_machine.py takes folders of that name for its own and removes
  // them, and with them what a program that runs at that moment has written.
  folder_ = (std::filesystem::temp_directory_path() / "septet-output-XXXXXX").string();
  if (mkdtemp(folder_.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
  const std::string out = folder_ + "/out", err = folder_ + "/err";
  child_ = fork();
  if (child_ != 0) return;
  dup2(open(out.c_str(), O_CREAT | O_WRONLY, 0600), 1);
  dup2(open(err.c_str(), O_CREAT | O_WRONLY, 0600), 2);
  dup2(open("/dev/null", O_RDONLY), 0);
  std::vector<std::string> copy = argv;
  std::vector<char*> pointers;
  for (std::string& word : copy) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  execv(pointers[0], pointers.data());
  // The program may be missing, or being written by a linker: what is compared then says so.
  dprintf(2, "cannot run %s: %s\n", pointers[0], strerror(errno));
  _exit(127);
}

Running::~Running() {
  if (child_ > 0) {
    kill_now();
    (void)wait();
  }
  std::error_code failed;
  std::filesystem::remove_all(folder_, failed);
}

void Running::kill_now() { kill(child_, SIGKILL); }

Outcome Running::wait() {
  int status = 0;
  waitpid(child_, &status, 0);
  child_ = -1;
  Outcome outcome;
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  outcome.out = read_file(folder_ + "/out");
  outcome.err = read_file(folder_ + "/err");
  return outcome;
}

Outcome septet(const std::string& words) {
  std::vector<std::string> argv{environment("SEPTET_BIN", SEPTET_BUILT_PROGRAM)};
  for (auto& word : words_of(words)) argv.push_back(word);
  return run(argv);
}

Node::Node(const std::string& create_options) {
  folder_ = (std::filesystem::temp_directory_path() / "septet-node-XXXXXX").string();
  if (mkdtemp(folder_.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
  state_ = folder_ + "/node";
  const auto made = septet("sim create " + create_options);
  EXPECT_EQ(made.code, 0) << made.err;
}

Node::~Node() {
  (void)septet("sim process stop --all");
  std::error_code failed;
  std::filesystem::remove_all(folder_, failed);
}

std::vector<std::string> Node::argv(const std::string& words) const {
  std::vector<std::string> argv{environment("SEPTET_BIN", SEPTET_BUILT_PROGRAM), "--sim=" + state_};
  for (auto& word : words_of(words)) argv.push_back(word);
  return argv;
}

Outcome Node::septet(const std::string& words) const { return run(argv(words)); }

std::string Node::write(const std::string& name, const std::string& text) const {
  const std::string path = folder_ + "/" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

Json Node::json(const std::string& words) const {
  const auto outcome = septet("--json " + words);
  EXPECT_EQ(outcome.code, 0) << words << "\n" << outcome.err;
  return Json::parse(outcome.out, nullptr, false);
}

}  // namespace septet::e2e
