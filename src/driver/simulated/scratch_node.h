// driver/simulated/scratch_node.h — for tests: a state file in a folder of its own, gone
// afterwards.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "driver/simulated/state_file.h"

namespace septet::driver::simulated {

class ScratchNode {
 public:
  explicit ScratchNode(std::size_t gpus = 1) {
    std::string folder = (std::filesystem::temp_directory_path() / "septet-XXXXXX").string();
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    NodeSpec spec;
    spec.boards.resize(gpus);
    for (BoardSpec& board : spec.boards) board.mig = true;
    const auto node = make_node(spec);
    EXPECT_TRUE(node) << node.error().describe();
    first_ = std::make_unique<NodeState>(*node);
    const auto created = StateFile::create(path(), *first_, false);
    EXPECT_TRUE(created) << created.error().describe();
  }
  ~ScratchNode() {
    std::error_code ignored;  // a folder left in /tmp fails no test
    std::filesystem::remove_all(folder_, ignored);
  }
  ScratchNode(const ScratchNode&) = delete;
  ScratchNode& operator=(const ScratchNode&) = delete;

  std::string path() const { return folder_ + "/node"; }
  const NodeState& first() const { return *first_; }
  std::unique_ptr<StateFile> open() const {
    auto file = StateFile::open(path());
    EXPECT_TRUE(file) << file.error().describe();
    return file ? std::move(*file) : nullptr;
  }

 private:
  std::string folder_;
  std::unique_ptr<NodeState> first_;
};

}  // namespace septet::driver::simulated
