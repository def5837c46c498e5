// Any bytes from who connects to a plugin's socket: frames of HTTP/2 as they come, and made of the
// input. Nothing of a request is kept once the connection is gone, and what is sent is finite.
#include <string>
#include <vector>

#include "fuzz/byte_reader.h"
#include "kube/rpc/session.h"

namespace septet::fuzz {
namespace {

constexpr char kPreface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::size_t kMostAnswered = std::size_t{64} << 20;

kube::rpc::Service service() {
  return {.methods = {{"/a/Echo",
                       [](std::string_view request) {
                         return kube::rpc::Answer{{}, std::string(request)};
                       }},
                      {"/a/Refuse",
                       [](std::string_view request) {
                         return kube::rpc::Answer{
                             {kube::rpc::StatusCode::kInvalidArgument, std::string(request)}, {}};
                       }}},
          .watch = "/a/Watch",
          .most_request = 4096};
}

// Type, flags, stream and up to 255 bytes of one frame, from the input.
std::string frame_of(ByteReader& bytes) {
  const std::size_t size = bytes.byte();
  std::string frame{'\0', '\0', static_cast<char>(size)};
  frame += static_cast<char>(bytes.pick(12));
  frame += static_cast<char>(bytes.byte());
  frame += {'\0', '\0', '\0', static_cast<char>(bytes.pick(8))};
  for (std::size_t i = 0; i < size; ++i) frame += static_cast<char>(bytes.byte());
  return frame;
}

std::string stream_of(ByteReader& bytes) {
  const bool whole_frames = bytes.pick(2) == 1;
  if (!whole_frames) return bytes.rest();
  std::string stream = kPreface;
  stream += std::string("\0\0\0\4\0\0\0\0\0", 9);  // an empty SETTINGS
  while (!bytes.empty()) stream += frame_of(bytes);
  return stream;
}

void drain(kube::rpc::Session& session, std::size_t& answered) {
  for (std::string_view out; !(out = session.unsent()).empty();) {
    answered += out.size();
    SEPTET_ASSERT(answered < kMostAnswered);
    session.sent(out.size());
  }
}

void serve(std::string_view stream, std::size_t piece) {
  const kube::rpc::Service served = service();
  std::size_t held = 0, answered = 0;
  {
    const auto session = kube::rpc::Session::open(served, held);
    const auto latest = std::make_shared<const std::string>(kube::rpc::framed("latest"));
    session->tell(latest);
    bool open = true;
    while (open && !stream.empty()) {
      open = session->receive(stream.substr(0, piece));
      stream.remove_prefix(std::min(piece, stream.size()));
      drain(*session, answered);
      SEPTET_ASSERT(held <= (std::size_t{32} << 20));
    }
    (void)session->told(latest);
    session->finish();
    drain(*session, answered);
  }
  SEPTET_ASSERT(held == 0);
}

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  septet::fuzz::ByteReader bytes(data, size);
  const std::size_t piece = 1 + 16 * bytes.byte();
  septet::fuzz::serve(septet::fuzz::stream_of(bytes), piece);
  return 0;
}
