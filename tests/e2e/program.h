// tests/e2e/program.h — runs septet as a process on a node of its own.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/json.h"

namespace septet::e2e {

struct Outcome {
  int code = -1;
  std::string out, err;
};

// A node whose state file lives as long as this object. Commands are split at spaces; no shell.
class Node {
 public:
  explicit Node(const std::string& create_options);  // of `sim create`
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  Outcome septet(const std::string& words) const;
  Json json(const std::string& words) const;  // of `--json WORDS`, which must succeed
  const std::string& state() const { return state_; }
  // A file beside the state file, gone with the node. Returns its path.
  std::string write(const std::string& name, const std::string& text) const;
  std::vector<std::string> argv(const std::string& words) const;  // of septet(words)

 private:
  std::string folder_, state_;
};

// septet without a node; `words` split at spaces.
Outcome septet(const std::string& words);
Outcome run(const std::vector<std::string>& argv);

// A program that runs beside the test.
class Running {
 public:
  explicit Running(const std::vector<std::string>& argv);
  ~Running();  // kills it if it still runs
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  pid_t pid() const { return child_; }
  void kill_now();  // SIGKILL
  Outcome wait();

 private:
  std::string folder_;
  pid_t child_ = -1;
};
std::string source_dir();
std::string read_file(const std::string& path);

}  // namespace septet::e2e
